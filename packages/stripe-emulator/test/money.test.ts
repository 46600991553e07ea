import { afterEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, type Flow, seconds, startFlow } from './flow.ts';
import { createSubscriber, newestAmounts } from './subscriber.ts';

/** Amounts worked by hand; the working stands beside each case. */
describe('hand-worked amounts', () => {
  let flow: Flow;
  afterEach(() => flow.close());

  async function start(at: string, price: Parameters<typeof createPlan>[1], quantity = 1) {
    flow = await startFlow(at);
    return { stripe: flow.stripe, ...(await createSubscriber(flow.stripe, price, { quantity })) };
  }

  it('prorates a leap February: 29 days, 10 used, 19/29 remain', async () => {
    // 2028-02-01 → 2028-03-01 is 29 days. Change on the 11th at midnight: 19 days remain.
    // credit 2900·19/29 = 1900; debit 5800·19/29 = 3800.
    const { stripe, subscription, item, plan } = await start('2028-02-01T00:00:00Z', { unit_amount: 2900 });
    const bigger = await stripe.prices.create({
      product: String(plan.product),
      currency: 'usd',
      unit_amount: 5800,
      recurring: { interval: 'month' },
    });
    await flow.control('POST', '/clock', { now: '2028-02-11T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: bigger.id }],
      proration_behavior: 'always_invoice',
    });
    expect(await newestAmounts(stripe)).toEqual({ total: 1900, lines: [-1900, 3800] });
  });

  it('keeps a 31st anchor: 31 Jan, 28 Feb, 31 Mar, 30 Apr, 31 May', async () => {
    const { stripe, subscription } = await start('2026-01-31T12:00:00Z', { unit_amount: 100 });
    const ends: string[] = [];
    for (const at of ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']) {
      await flow.control('POST', '/clock', { now: `${at}T12:00:00Z` });
      const current = await stripe.subscriptions.retrieve(subscription.id);
      ends.push(new Date((current.items.data[0]?.current_period_end ?? 0) * 1000).toISOString());
    }
    expect(ends).toEqual([
      '2026-02-28T12:00:00.000Z',
      '2026-03-31T12:00:00.000Z',
      '2026-04-30T12:00:00.000Z',
      '2026-05-31T12:00:00.000Z',
    ]);
  });

  it('rounds each proration line once, half away from zero', async () => {
    // April has 30 days = 2 592 000 s. One second after the start 2 591 999 s remain.
    // credit 999·2591999/2592000 = 998.99961… → −999; debit 1·2591999/2592000 → 1.
    const { stripe, subscription, item, plan } = await start('2026-04-01T00:00:00Z', { unit_amount: 999 });
    const tiny = await stripe.prices.create({
      product: String(plan.product),
      currency: 'usd',
      unit_amount: 1,
      recurring: { interval: 'month' },
    });
    await flow.advance(1);
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: tiny.id }],
      proration_behavior: 'always_invoice',
    });
    expect(await newestAmounts(stripe)).toEqual({ total: -998, lines: [-999, 1] });
  });

  it('rounds exactly half a cent away from zero on both sides', async () => {
    // Half of April remains on the 16th at midnight: credit 101/2 = 50.5 → −51, debit 303/2 = 151.5 → 152.
    const { stripe, subscription, item, plan } = await start('2026-04-01T00:00:00Z', { unit_amount: 101 });
    const other = await stripe.prices.create({
      product: String(plan.product),
      currency: 'usd',
      unit_amount: 303,
      recurring: { interval: 'month' },
    });
    await flow.control('POST', '/clock', { now: '2026-04-16T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: other.id }],
      proration_behavior: 'always_invoice',
    });
    expect(await newestAmounts(stripe)).toEqual({ total: 101, lines: [-51, 152] });
  });

  it('re-anchors on a switch to a yearly price: credit for the rest, the year in full', async () => {
    // 10 of April's 30 days used: credit 3000·20/30 = 2000; a year costs 30000 → 28000 now, next on 11 April 2027.
    const { stripe, subscription, item, plan } = await start('2026-04-01T00:00:00Z', { unit_amount: 3000 });
    const yearly = await stripe.prices.create({
      product: String(plan.product),
      currency: 'usd',
      unit_amount: 30000,
      recurring: { interval: 'year' },
    });
    await flow.control('POST', '/clock', { now: '2026-04-11T00:00:00Z' });
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: yearly.id }],
    });
    expect(await newestAmounts(stripe)).toEqual({ total: 28000, lines: [-2000, 30000] });
    expect(updated.items.data[0]?.current_period_end).toBe(seconds('2027-04-11T00:00:00Z'));
  });

  it('bills a quantity change with the next invoice when prorations are only created', async () => {
    // 5 → 8 seats at 1000 with 15 of 30 days left: −5000/2 + 8000/2 = −2500 + 4000; then 8 seats in full = 8000.
    const { stripe, subscription, item } = await start('2026-04-01T00:00:00Z', { unit_amount: 1000 }, 5);
    await flow.control('POST', '/clock', { now: '2026-04-16T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, { items: [{ id: item, quantity: 8 }] });
    await flow.control('POST', '/clock', { now: '2026-05-01T02:00:00Z' });
    expect(await newestAmounts(stripe)).toEqual({ total: 9500, lines: [-2500, 4000, 8000] });
  });

  it('credits what a second change in the same period was really based on', async () => {
    // 3000 → 6000 after 10 days: −2000 + 4000. → 9000 after 20 days: −6000·10/30 = −2000, +9000·10/30 = 3000.
    const { stripe, subscription, item, plan } = await start('2026-04-01T00:00:00Z', { unit_amount: 3000 });
    const price = (unit_amount: number) =>
      stripe.prices.create({
        product: String(plan.product),
        currency: 'usd',
        unit_amount,
        recurring: { interval: 'month' },
      });
    await flow.control('POST', '/clock', { now: '2026-04-11T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await price(6000)).id }],
      proration_behavior: 'always_invoice',
    });
    expect((await newestAmounts(stripe)).lines).toEqual([-2000, 4000]);
    await flow.control('POST', '/clock', { now: '2026-04-21T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await price(9000)).id }],
      proration_behavior: 'always_invoice',
    });
    expect((await newestAmounts(stripe)).lines).toEqual([-2000, 3000]);
  });

  it('credits the discounted amount that was charged and debits the discounted new one', async () => {
    // 20 % off for ever: 2400 was charged for 3000. Half of April left: −1200; new 6000 costs 4800 → +2400.
    flow = await startFlow('2026-04-01T00:00:00Z');
    const { stripe } = flow;
    const plan = await createPlan(stripe, { unit_amount: 3000 });
    const bigger = await stripe.prices.create({
      product: String(plan.product),
      currency: 'usd',
      unit_amount: 6000,
      recurring: { interval: 'month' },
    });
    const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: plan.id }],
      discounts: [{ coupon: coupon.id }],
    });
    await flow.control('POST', '/clock', { now: '2026-04-16T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: bigger.id }],
      proration_behavior: 'always_invoice',
    });
    expect(await newestAmounts(stripe)).toEqual({ total: 1200, lines: [-1200, 2400] });
  });
});
