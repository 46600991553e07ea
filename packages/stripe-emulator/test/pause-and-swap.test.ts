import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

describe('pausing, resuming and swapping prices', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow('2027-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterEach(() => flow.close());

  async function paused(card = 'pm_card_visa') {
    const price = await createPlan(stripe, { unit_amount: 3100 });
    const customer = await createPayer(stripe);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.subscriptions.pause(id, { type: 'subscription' });
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
    await stripe.subscriptions.update(id, { default_payment_method: method.id });
    await flow.advance(60 * DAY);
    return { id, customer: customer.id };
  }
  const read = (id: string) => stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
  const totals = async (subscription: string) =>
    (await stripe.invoices.list({ subscription, limit: 100 })).data.map((invoice) => invoice.total).reverse();

  it('bills nothing while paused, and a new period from the resumption on', async () => {
    const { id } = await paused();
    expect(await totals(id)).toEqual([3100]);
    const resumed = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    expect(resumed.status).toBe('active');
    expect(resumed.items.data[0]?.current_period_start).toBe(seconds('2027-04-30T00:00:00Z'));
    expect(await totals(id)).toEqual([3100, 3100]);
  });

  it('stays paused until the resumption is paid, when payment is asked for first', async () => {
    const { id } = await paused('pm_card_chargeCustomerFail');
    const waiting = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    expect(waiting.status).toBe('paused');
    expect(waiting.items.data[0]?.current_period_start).toBe(seconds('2027-03-01T00:00:00Z'));
    await stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: 'pm_card_visa' });
    const active = await read(id);
    expect(active.status).toBe('active');
    expect(active.items.data[0]?.current_period_start).toBe(seconds('2027-04-30T00:00:00Z'));
    await flow.control('POST', '/clock', { now: '2027-05-31T00:00:00Z' });
    expect(await totals(id)).toEqual([3100, 3100, 3100]);
  });

  it('voids a resumption that nobody paid after 23 hours, and can be resumed again', async () => {
    const { id } = await paused('pm_card_chargeCustomerFail');
    const waiting = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    await flow.advance(23 * 3600);
    expect((await stripe.invoices.retrieve(String(waiting.latest_invoice))).status).toBe('void');
    expect((await read(id)).status).toBe('paused');
    const method = await stripe.paymentMethods.attach('pm_card_visa', {
      customer: String((await read(id)).customer),
    });
    await stripe.subscriptions.update(id, { default_payment_method: method.id });
    expect((await stripe.subscriptions.resume(id)).status).toBe('active');
    await expect(stripe.subscriptions.resume(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('becomes active with the attempt by default, and past due when that fails', async () => {
    const { id } = await paused('pm_card_chargeCustomerFail');
    expect((await stripe.subscriptions.resume(id)).status).toBe('past_due');
  });

  it.each([
    ['keep_as_draft', 'draft'],
    ['mark_uncollectible', 'uncollectible'],
    ['void', 'void'],
  ] as const)(
    'goes on billing with collection paused (%s), and collects again from the given day',
    async (behavior, status) => {
      const price = await createPlan(stripe, { unit_amount: 700 });
      const customer = await createPayer(stripe);
      const { id } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
      });
      const resumesAt = seconds('2027-04-15T00:00:00Z');
      const update = await stripe.subscriptions.update(id, {
        pause_collection: { behavior, resumes_at: resumesAt },
      });
      expect(update.status).toBe('active');
      await flow.control('POST', '/clock', { now: '2027-04-01T02:00:00Z' });
      expect(Object((await read(id)).latest_invoice).status).toBe(status);
      await flow.control('POST', '/clock', { now: '2027-05-01T02:00:00Z' });
      const after = await read(id);
      expect([after.pause_collection, Object(after.latest_invoice).status]).toEqual([null, 'paid']);
    },
  );

  it('swaps, adds and drops several prices in one call, and bills the sum once', async () => {
    const [base, seats, old, fresh] = [
      await createPlan(stripe, { unit_amount: 3000 }),
      await createPlan(stripe, { unit_amount: 300 }),
      await createPlan(stripe, { unit_amount: 600 }),
      await createPlan(stripe, { unit_amount: 900 }),
    ];
    const bigger = await stripe.prices.create({
      product: String(base.product),
      currency: 'usd',
      unit_amount: 6000,
      recurring: { interval: 'month' },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: base.id }, { price: seats.id, quantity: 4 }, { price: old.id }],
    });
    const [one, two, three] = subscription.items.data.map((item) => item.id);
    await flow.control('POST', '/clock', { now: '2027-03-17T12:00:00Z' });
    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [
        { id: one ?? '', price: bigger.id },
        { id: two ?? '', quantity: 6 },
        { id: three ?? '', deleted: true },
        { price: fresh.id },
      ],
      proration_behavior: 'always_invoice',
    });
    // 14.5 of 31 days remain. Credits 3 000, 1 200 and 600: 1 403.23, 561.29 and 280.65. Debits 6 000, 1 800 and
    // 900: 2 806.45, 841.94 and 420.97. Each line is rounded: −1403 −561 −281 +2806 +842 +421 = 1824.
    expect((await totals(subscription.id)).at(-1)).toBe(1824);
    expect(changed.items.data.map((item) => [item.price.id, item.quantity])).toEqual([
      [bigger.id, 1],
      [seats.id, 6],
      [fresh.id, 1],
    ]);
    const migrated = await stripe.subscriptions.migrate(subscription.id, {
      billing_mode: { type: 'flexible', flexible: { proration_discounts: 'itemized' } },
    });
    expect(migrated.billing_mode.flexible?.proration_discounts).toBe('itemized');
  });
});
