import type Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

const START = '2026-03-01T00:00:00Z';

describe('schedules and trials', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeEach(async () => {
    flow = await startFlow(START);
    stripe = flow.stripe;
    return () => flow.close();
  });

  const eventTypes = async (pattern: string) =>
    (await stripe.events.list({ type: pattern, limit: 100 })).data.map((event) => event.type).reverse();

  it('starts a schedule in the future, bills an hour later and announces its end a week ahead', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const start = seconds(START) + 10 * DAY;
    const schedule = await stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: start,
      end_behavior: 'cancel',
      phases: [
        { items: [{ price: price.id, quantity: 2 }], duration: { interval: 'month', interval_count: 1 } },
      ],
    });
    expect([schedule.status, schedule.subscription]).toEqual(['not_started', null]);
    await flow.control('POST', '/clock', { now: start });
    const active = await stripe.subscriptionSchedules.retrieve(schedule.id, { expand: ['subscription'] });
    expect(active.status).toBe('active');
    const subscription = active.subscription;
    if (typeof subscription !== 'object' || subscription === null) throw new Error('not expanded');
    expect([subscription.status, subscription.start_date]).toEqual(['active', start]);
    const [draft] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect([draft?.status, draft?.total]).toEqual(['draft', 2000]);
    await flow.advance(3600);
    expect((await stripe.invoices.retrieve(draft?.id ?? '')).status).toBe('paid');
    await flow.control('POST', '/clock', { now: '2026-04-04T00:00:00Z' });
    expect(await eventTypes('subscription_schedule.*')).toContain('subscription_schedule.expiring');
    await flow.control('POST', '/clock', { now: '2026-04-11T00:00:00Z' });
    expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('completed');
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
  });

  it('cancels a schedule before it starts and leaves nothing behind', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const schedule = await stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: seconds(START) + DAY,
      phases: [{ items: [{ price: price.id }] }],
    });
    expect((await stripe.subscriptionSchedules.cancel(schedule.id)).status).toBe('canceled');
    await flow.advance(2 * DAY);
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
    await expect(stripe.subscriptionSchedules.cancel(schedule.id)).rejects.toThrow(/canceled/);
  });

  it('aborts the schedule of a subscription that is canceled for want of payment', async () => {
    await flow.control('POST', '/settings', { dunningOutcome: 'canceled', dunningRetryDays: [1] });
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const schedule = await stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: 'now',
      phases: [{ items: [{ price: price.id }], duration: { interval: 'year', interval_count: 1 } }],
    });
    await stripe.paymentMethods
      .attach('pm_card_chargeCustomerFail', { customer: customer.id })
      .then(({ id }) =>
        stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: id } }),
      );
    await flow.advance(3 * DAY);
    expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('canceled');
    expect(await eventTypes('subscription_schedule.*')).toContain('subscription_schedule.aborted');
  });

  it('announces the end of a trial three days ahead, or at once when it is shorter or cut short', async () => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const count = async () => (await eventTypes('customer.subscription.trial_will_end')).length;
    const trial = async (trial_period_days: number) => {
      const customer = await createPayer(stripe);
      return stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        trial_period_days,
      });
    };
    await trial(2);
    expect(await count()).toBe(1);
    const long = await trial(10);
    expect(await count()).toBe(1);
    const cut = await trial(10);
    const ended = await stripe.subscriptions.update(cut.id, { trial_end: 'now' });
    expect([ended.status, await count()]).toEqual(['active', 2]);
    await flow.advance(7 * DAY);
    expect(await count()).toBe(3);
    expect((await stripe.subscriptions.retrieve(long.id)).status).toBe('trialing');
  });

  it.each(['pause', 'cancel'] as const)('does what a trial without a card was told: %s', async (behavior) => {
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: behavior } },
    });
    const after = await stripe.subscriptions.update(id, { trial_end: 'now' });
    expect(after.status).toBe(behavior === 'pause' ? 'paused' : 'canceled');
  });
});
