import type Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { createSubscriber, newestAmounts } from './subscriber.ts';

/** Amounts worked by hand; the working stands beside each case. */
describe('hand-worked rates and currencies', () => {
  let flow: Flow;
  afterEach(() => flow.close());

  async function start(at: string, price: Parameters<typeof createPlan>[1], quantity = 1) {
    flow = await startFlow(at);
    return { stripe: flow.stripe, ...(await createSubscriber(flow.stripe, price, { quantity })) };
  }

  it('prorates yen without decimals', async () => {
    // ¥980 → ¥1980 with 10 of 30 days left: 980/3 = 326.67 → −327; 1980/3 = 660.
    const { stripe, subscription, item, plan } = await start('2026-04-01T00:00:00Z', {
      unit_amount: 980,
      currency: 'jpy',
    });
    const bigger = await stripe.prices.create({
      product: String(plan.product),
      currency: 'jpy',
      unit_amount: 1980,
      recurring: { interval: 'month' },
    });
    await flow.control('POST', '/clock', { now: '2026-04-21T00:00:00Z' });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: bigger.id }],
      proration_behavior: 'always_invoice',
    });
    expect(await newestAmounts(stripe)).toEqual({ total: 333, lines: [-327, 660] });
  });

  it('rates graduated tiers part by part, with flat fees', async () => {
    // 25 seats: 10·500 + 10·400 + 5·300 = 5000 + 4000 + 1500, and a flat 1000 for reaching the third tier.
    const tiers: Stripe.PriceCreateParams.Tier[] = [
      { up_to: 10, unit_amount: 500 },
      { up_to: 20, unit_amount: 400 },
      { up_to: 'inf', unit_amount: 300, flat_amount: 1000 },
    ];
    const { stripe } = await start(
      '2026-04-01T00:00:00Z',
      { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers },
      25,
    );
    expect(await newestAmounts(stripe)).toEqual({ total: 11500, lines: [5000, 4000, 1500, 1000] });
  });

  it('rates volume tiers with one price for all', async () => {
    // 25 seats fall into the tier up to 50: 25·400 = 10000, and its flat 700.
    const tiers: Stripe.PriceCreateParams.Tier[] = [
      { up_to: 10, unit_amount: 500 },
      { up_to: 50, unit_amount: 400, flat_amount: 700 },
      { up_to: 'inf', unit_amount: 300 },
    ];
    const { stripe } = await start(
      '2026-04-01T00:00:00Z',
      { billing_scheme: 'tiered', tiers_mode: 'volume', tiers },
      25,
    );
    expect(await newestAmounts(stripe)).toEqual({ total: 10700, lines: [10000, 700] });
  });

  it('bills whole packages, rounded up', async () => {
    // 1001 units in packages of 1000 are two packages of 250.
    const { stripe } = await start(
      '2026-04-01T00:00:00Z',
      { unit_amount: 250, transform_quantity: { divide_by: 1000, round: 'up' } },
      1001,
    );
    expect(await newestAmounts(stripe)).toEqual({ total: 500, lines: [500] });
  });

  it('splits a fixed discount over lines by largest remainder', async () => {
    // 100 off 333 + 333 + 334: 33.3, 33.3, 33.4 → 33, 33 and 33, the missing cent goes to the last.
    flow = await startFlow('2026-04-01T00:00:00Z');
    const { stripe } = flow;
    const prices = await Promise.all(
      [333, 333, 334].map((unit_amount) => createPlan(stripe, { unit_amount })),
    );
    const coupon = await stripe.coupons.create({ amount_off: 100, currency: 'usd', duration: 'once' });
    const customer = await createPayer(stripe);
    await stripe.subscriptions.create({
      customer: customer.id,
      items: prices.map((price) => ({ price: price.id })),
      discounts: [{ coupon: coupon.id }],
    });
    const [invoice] = (await stripe.invoices.list()).data;
    expect(invoice?.lines.data.map((line) => line.discount_amounts?.[0]?.amount)).toEqual([33, 33, 34]);
    expect(invoice?.total).toBe(900);
  });

  it('uses the amount of the wanted currency', async () => {
    flow = await startFlow('2026-04-01T00:00:00Z');
    const { stripe } = flow;
    const price = await createPlan(stripe, {
      unit_amount: 1000,
      currency_options: { eur: { unit_amount: 950 } },
    });
    const customer = await createPayer(stripe);
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      currency: 'eur',
    });
    expect((await newestAmounts(stripe)).total).toBe(950);
    expect(
      (await stripe.prices.retrieve(price.id, { expand: ['currency_options'] })).currency_options?.eur
        ?.unit_amount,
    ).toBe(950);
  });

  it('ends a trial by billing the first period from that instant', async () => {
    flow = await startFlow('2026-04-01T00:00:00Z');
    const { stripe } = flow;
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const trial = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 14,
    });
    await flow.advance(3 * DAY);
    const started = await stripe.subscriptions.update(trial.id, { trial_end: 'now' });
    expect([started.status, started.items.data[0]?.current_period_start]).toEqual([
      'active',
      seconds('2026-04-04T00:00:00Z'),
    ]);
    expect(await newestAmounts(stripe)).toEqual({ total: 1000, lines: [1000] });
  });
});
