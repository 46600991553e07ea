import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { eventsOf, months, refusal, totals } from './subscriber.ts';

describe('what coupons and codes refuse, and where discounts go', () => {
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

  it('counts redemptions, ends coupons and codes that are used up, and lets nobody redeem them again', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once', max_redemptions: 2 });
    const promotion = { type: 'coupon' as const, coupon: coupon.id };
    const code = await stripe.promotionCodes.create({ promotion, code: 'Spring-27', max_redemptions: 1 });
    await subscribe(1000, { discounts: [{ promotion_code: code.id }] });
    expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
    expect((await stripe.promotionCodes.list({ code: 'SPRING-27' })).data).toHaveLength(1);
    const again = subscribe(1000, { discounts: [{ promotion_code: code.id }] });
    expect(await refusal(again)).toBe('400 promotion_code_invalid promotion_code');
    await subscribe(1000, { discounts: [{ coupon: coupon.id }] });
    const spent = await stripe.coupons.retrieve(coupon.id);
    expect([spent.times_redeemed, spent.valid]).toEqual([2, false]);
    expect(await refusal(subscribe(1000, { discounts: [{ coupon: coupon.id }] }))).toBe(
      '400 coupon_expired coupon',
    );
    expect(await refusal(stripe.promotionCodes.update(code.id, { active: true }))).toBe('400 - active');
  });

  it('expires by time, keeps what was redeemed, and hides a deleted coupon', async () => {
    const at = seconds('2027-02-10T00:00:00Z');
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever', redeem_by: at });
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      expires_at: at - DAY,
    });
    const subscription = await subscribe(1000, { discounts: [{ promotion_code: code.id }] });
    await flow.control('POST', '/clock', { now: at });
    expect((await stripe.coupons.retrieve(coupon.id)).valid).toBe(false);
    expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
    expect(await refusal(subscribe(1000, { discounts: [{ coupon: coupon.id }] }))).toBe(
      '400 coupon_expired coupon',
    );
    await stripe.coupons.del(coupon.id);
    expect(await refusal(stripe.coupons.retrieve(coupon.id))).toBe('404 resource_missing id');
    await flow.control('POST', '/clock', { now: '2027-03-01T12:00:00Z' });
    expect(await totals(stripe, subscription.id)).toEqual([900, 900]);
  });

  it('holds a code to its customer, its first purchase and its minimum', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const promotion = { type: 'coupon' as const, coupon: coupon.id };
    const other = await createPayer(stripe);
    const foreign = await stripe.promotionCodes.create({ promotion, customer: other.id });
    const first = await stripe.promotionCodes.create({
      promotion,
      restrictions: { first_time_transaction: true },
    });
    const minimum = await stripe.promotionCodes.create({
      promotion,
      restrictions: { minimum_amount: 5000, minimum_amount_currency: 'usd' },
    });
    const by = (code: Stripe.PromotionCode, amount = 1000) =>
      refusal(subscribe(amount, { discounts: [{ promotion_code: code.id }] }));
    const refused = '400 promotion_code_invalid promotion_code';
    expect(await by(foreign)).toBe(refused);
    expect(await by(minimum, 4999)).toBe(refused);
    expect(await by(first)).toBe('accepted');
    expect(await by(first)).toBe(refused);
    expect(await by(minimum, 5000)).toBe('accepted');
  });

  it('replaces, keeps and removes discounts of a running subscription, and never applies one twice', async () => {
    const [old, fresh] = [
      await stripe.coupons.create({ percent_off: 10, duration: 'forever' }),
      await stripe.coupons.create({ percent_off: 20, duration: 'forever' }),
    ];
    const subscription = await subscribe(1000, { discounts: [{ coupon: old.id }] });
    const kept = String(subscription.discounts[0]);
    const both = await stripe.subscriptions.update(subscription.id, {
      discounts: [{ discount: kept }, { coupon: fresh.id }],
    });
    expect(both.discounts[0]).toBe(kept);
    await months(flow, 1);
    // 10 % of 1000, then 20 % of the 900 left.
    expect((await totals(stripe, subscription.id)).at(-1)).toBe(720);
    const twice = stripe.subscriptions.update(subscription.id, {
      discounts: [{ coupon: old.id }, { coupon: old.id }],
    });
    expect(await refusal(twice)).toBe('400 - discounts');
    expect((await stripe.coupons.retrieve(old.id)).times_redeemed).toBe(1);
    const foreign = stripe.subscriptions.update(subscription.id, { discounts: [{ discount: 'di_none' }] });
    expect(await refusal(foreign)).toBe('404 resource_missing discounts[0][discount]');
    await stripe.subscriptions.deleteDiscount(subscription.id);
    expect((await stripe.subscriptions.retrieve(subscription.id)).discounts).toEqual([]);
    expect(await refusal(stripe.subscriptions.deleteDiscount(subscription.id))).toMatch(/^404/);
    expect(await eventsOf(stripe, 'customer.discount.deleted')).toHaveLength(2);
  });

  it('discounts single invoices and invoice items, also while they are drafts', async () => {
    const [invoiceWide, single] = [
      await stripe.coupons.create({ percent_off: 10, duration: 'once' }),
      await stripe.coupons.create({ amount_off: 150, currency: 'usd', duration: 'once' }),
    ];
    const draft = await stripe.invoices.create({ customer: customer.id, currency: 'usd' });
    const item = { customer: customer.id, currency: 'usd', invoice: draft.id };
    await stripe.invoiceItems.create({ ...item, amount: 1000, discounts: [{ coupon: single.id }] });
    await stripe.invoiceItems.create({ ...item, amount: 500 });
    const read = await stripe.invoices.retrieve(draft.id);
    expect([read.subtotal, read.total]).toEqual([1500, 1350]);
    const updated = await stripe.invoices.update(draft.id, { discounts: [{ coupon: invoiceWide.id }] });
    // 10 % of 850 and of 500.
    expect(updated.total).toBe(1350 - 85 - 50);
    const final = await stripe.invoices.finalizeInvoice(draft.id);
    expect(final.amount_due).toBe(1215);
    expect(final.total_discount_amounts?.map((part) => part.amount)).toEqual([150, 135]);
  });

  it.each<[string, Partial<Stripe.CouponCreateParams>, string]>([
    ['neither percent nor amount', {}, '400 - percent_off'],
    ['both', { percent_off: 5, amount_off: 5, currency: 'usd' }, '400 - percent_off'],
    ['more than all', { percent_off: 101 }, '400 - percent_off'],
    ['nothing off', { percent_off: 0 }, '400 - percent_off'],
    ['a negative amount', { amount_off: -1, currency: 'usd' }, '400 - amount_off'],
    ['an amount of no currency', { amount_off: 100 }, '400 parameter_missing currency'],
    [
      'months of a once coupon',
      { percent_off: 5, duration: 'once', duration_in_months: 3 },
      '400 - duration_in_months',
    ],
    [
      'repeating without months',
      { percent_off: 5, duration: 'repeating' },
      '400 parameter_missing duration_in_months',
    ],
    ['no redemptions', { percent_off: 5, max_redemptions: 0 }, '400 - max_redemptions'],
    ['an end in the past', { percent_off: 5, redeem_by: 1_700_000_000 }, '400 - redeem_by'],
    [
      'an unknown product',
      { percent_off: 5, applies_to: { products: ['prod_x'] } },
      '404 resource_missing applies_to[products]',
    ],
  ])('refuses a coupon with %s', async (_name, params, expected) => {
    expect(await refusal(stripe.coupons.create({ duration: 'once', ...params }))).toBe(expected);
  });
});
