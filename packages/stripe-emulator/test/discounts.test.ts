import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { eventsOf, months, refusal, totals } from './subscriber.ts';

describe('coupons, promotion codes and the discounts they make', () => {
  let flow: Flow;
  let stripe: Stripe;
  let customer: Stripe.Customer;
  beforeEach(async () => {
    flow = await startFlow('2027-01-31T12:00:00Z');
    stripe = flow.stripe;
    customer = await createPayer(stripe);
  });
  afterEach(() => flow.close());

  async function subscribe(unitAmount: number, extra: Partial<Stripe.SubscriptionCreateParams> = {}) {
    const price = await createPlan(stripe, { unit_amount: unitAmount, currency: extra.currency ?? 'usd' });
    return stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...extra });
  }

  it('takes a once coupon off the first invoice and then lets go of it', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' });
    const subscription = await subscribe(1001, { discounts: [{ coupon: coupon.id }] });
    expect(subscription.discounts).toEqual([]);
    await months(flow, 2);
    // 25 % of 1001 is 250.25, rounded to 250.
    expect(await totals(stripe, subscription.id)).toEqual([751, 1001, 1001]);
    const [discount] = await eventsOf(stripe, 'customer.discount.created');
    expect(await eventsOf(stripe, 'customer.discount.deleted')).toEqual([discount]);
    const [invoice] = (await stripe.invoices.list({ subscription: subscription.id, limit: 100 })).data.slice(
      -1,
    );
    expect(invoice?.total_discount_amounts).toEqual([{ amount: 250, discount }]);
  });

  it('saves a once coupon for the first invoice that costs something', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    const subscription = await subscribe(2000, {
      discounts: [{ coupon: coupon.id }],
      trial_period_days: 14,
    });
    expect(subscription.discounts).toHaveLength(1);
    await flow.advance(14 * DAY + 3600);
    expect(await totals(stripe, subscription.id)).toEqual([0, 1000]);
    expect((await stripe.subscriptions.retrieve(subscription.id)).discounts).toEqual([]);
  });

  it('ends a repeating coupon after its months, from a 31st over a short February', async () => {
    // From 31 January 12:00 for two months: until 31 March 12:00. Renewals: 28 February, 31 March, 30 April.
    const coupon = await stripe.coupons.create({
      amount_off: 300,
      currency: 'usd',
      duration: 'repeating',
      duration_in_months: 2,
    });
    const subscription = await subscribe(1000, { discounts: [{ coupon: coupon.id }] });
    const read = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ['discounts.source.coupon'],
    });
    const [discount] = read.discounts;
    expect(typeof discount === 'object' && discount.end).toBe(seconds('2027-03-31T12:00:00Z'));
    expect(typeof discount === 'object' && typeof discount.source.coupon === 'object').toBe(true);
    await flow.control('POST', '/clock', { now: '2027-05-01T12:00:00Z' });
    expect(await totals(stripe, subscription.id)).toEqual([700, 700, 1000, 1000]);
    expect((await stripe.subscriptions.retrieve(subscription.id)).discounts).toEqual([]);
    expect(await eventsOf(stripe, 'customer.discount.deleted')).toHaveLength(1);
  });

  it('keeps a percentage for ever, and refuses an amount for ever as the API does since basil', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 12.5, duration: 'forever' });
    const subscription = await subscribe(999, { discounts: [{ coupon: coupon.id }] });
    await months(flow, 3);
    // 12.5 % of 999 is 124.875, rounded to 125.
    expect(await totals(stripe, subscription.id)).toEqual([874, 874, 874, 874]);
    const forever = stripe.coupons.create({ amount_off: 5, currency: 'usd', duration: 'forever' });
    expect(await refusal(forever)).toBe('400 - duration');
  });

  it('applies discounts of one item before those of the subscription, each rounded per line', async () => {
    const [half, tenth] = [
      await stripe.coupons.create({ percent_off: 50, duration: 'forever' }),
      await stripe.coupons.create({ percent_off: 10, duration: 'forever' }),
    ];
    const [one, other] = [
      await createPlan(stripe, { unit_amount: 1001 }),
      await createPlan(stripe, { unit_amount: 2000 }),
    ];
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: one.id, discounts: [{ coupon: half.id }] }, { price: other.id }],
      discounts: [{ coupon: tenth.id }],
      expand: ['latest_invoice'],
    });
    const invoice = Object(subscription.latest_invoice);
    // 1001: half is 500.5 → 501, a tenth of the 500 left is 50. 2000: a tenth is 200. 3001 - 751 = 2250.
    expect(
      invoice.lines.data.map((line: Stripe.InvoiceLineItem) =>
        line.discount_amounts?.map((part) => part.amount),
      ),
    ).toEqual([[501, 50], [200]]);
    expect([invoice.subtotal, invoice.total]).toEqual([3001, 2250]);
    expect(subscription.items.data.map((item) => item.discounts.length)).toEqual([1, 0]);
    expect(invoice.lines.data[0].discounts).toEqual(subscription.items.data[0]?.discounts);
    await stripe.subscriptionItems.update(subscription.items.data[0]?.id ?? '', { discounts: '' });
    await months(flow, 1);
    // 1001 - 100 + 2000 - 200.
    expect((await totals(stripe, subscription.id)).at(-1)).toBe(2701);
  });

  it('takes an amount off only the products it is for, and never more than they cost', async () => {
    const [tool, seat] = [
      await createPlan(stripe, { unit_amount: 400 }),
      await createPlan(stripe, { unit_amount: 700 }),
    ];
    const coupon = await stripe.coupons.create({
      amount_off: 500,
      currency: 'usd',
      duration: 'once',
      applies_to: { products: [String(tool.product)] },
    });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: tool.id }, { price: seat.id, quantity: 3 }],
      discounts: [{ coupon: coupon.id }],
    });
    expect(await totals(stripe, subscription.id)).toEqual([2100]);
    const read = await stripe.coupons.retrieve(coupon.id, { expand: ['applies_to'] });
    expect(read.applies_to?.products).toEqual([tool.product]);
  });

  it('takes whole yen, and a fixed amount in the currency of the subscription', async () => {
    const percent = await stripe.coupons.create({ percent_off: 33, duration: 'once' });
    const yen = await subscribe(1000, { currency: 'jpy', discounts: [{ coupon: percent.id }] });
    expect(await totals(stripe, yen.id)).toEqual([670]);
    const fixed = await stripe.coupons.create({
      amount_off: 500,
      currency: 'usd',
      duration: 'once',
      currency_options: { jpy: { amount_off: 700 } },
    });
    const second = await subscribe(1000, { currency: 'jpy', discounts: [{ coupon: fixed.id }] });
    expect(await totals(stripe, second.id)).toEqual([300]);
    const euro = subscribe(1000, { currency: 'eur', discounts: [{ coupon: fixed.id }] });
    expect(await refusal(euro)).toBe('400 - coupon');
  });

  it('prorates with the discounts of then and of now, and forgets a once coupon that was used', async () => {
    // 2027-04-01 → 05-01 is 30 days; half is left on the 16th. Charged 2000 - 25 % = 1500: credit 750.
    await flow.control('POST', '/clock', { now: '2027-04-01T00:00:00Z' });
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' });
    const subscription = await subscribe(2000, { discounts: [{ coupon: coupon.id }] });
    const bigger = await createPlan(stripe, { unit_amount: 6000 });
    const other = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    await flow.control('POST', '/clock', { now: '2027-04-16T00:00:00Z' });
    const change = {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: bigger.id }],
      proration_behavior: 'always_invoice' as const,
    };
    const plain = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: change,
    });
    // Debit without a discount: half of 6000.
    expect(plain.total).toBe(3000 - 750);
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: change,
      discounts: [{ coupon: other.id }],
    });
    await stripe.subscriptions.update(subscription.id, { ...change, discounts: [{ coupon: other.id }] });
    // Debit with 10 % off: half of 5400. The preview said the same.
    expect([preview.total, (await totals(stripe, subscription.id)).at(-1)]).toEqual([1950, 1950]);
    expect((await stripe.coupons.retrieve(other.id)).times_redeemed).toBe(1);
  });
});
