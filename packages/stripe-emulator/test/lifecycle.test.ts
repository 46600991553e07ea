import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';
import { createSubscriber, latestInvoice } from './subscriber.ts';

describe('lifecycle features', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  const subscribe = (unit_amount: number, options: Parameters<typeof createSubscriber>[2] = {}) =>
    createSubscriber(stripe, { unit_amount }, options);

  it('moves a test clock asynchronously and renews what is bound to it', async () => {
    const clock = await stripe.testHelpers.testClocks.create({
      frozen_time: seconds('2026-01-31T00:00:00Z'),
    });
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe, 'pm_card_visa', { test_clock: clock.id });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    expect(subscription.created).toBe(seconds('2026-01-31T00:00:00Z'));
    const moving = await stripe.testHelpers.testClocks.advance(clock.id, {
      frozen_time: seconds('2026-03-01T00:00:00Z'),
    });
    expect(moving.status).toBe('advancing');
    await expect
      .poll(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status)
      .toBe('ready');
    const invoice = await latestInvoice(stripe, subscription.id);
    expect([invoice.status, invoice.created]).toEqual(['paid', seconds('2026-02-28T00:00:00Z')]);
    await expect(
      stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: seconds('2026-06-01T00:00:00Z') }),
    ).rejects.toThrow(/two intervals/);
  });

  it('applies a coupon once, a promotion code and a fixed amount', async () => {
    const once = await stripe.coupons.create({ percent_off: 25, duration: 'once' });
    const { subscription } = await subscribe(1001, { discounts: [{ coupon: once.id }] });
    // 25 % of 1001 is 250.25, rounded to 250.
    expect((await latestInvoice(stripe, subscription.id)).total).toBe(751);
    await flow.advance(31 * DAY + 3600);
    expect((await latestInvoice(stripe, subscription.id)).total).toBe(1001);
    const fixed = await stripe.coupons.create({
      amount_off: 300,
      currency: 'usd',
      duration: 'repeating',
      duration_in_months: 3,
    });
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: fixed.id },
      code: 'LESS',
    });
    const second = await subscribe(1000, { discounts: [{ promotion_code: code.id }] });
    const invoice = await latestInvoice(stripe, second.subscription.id);
    expect([invoice.subtotal, invoice.total, invoice.amount_paid]).toEqual([1000, 700, 700]);
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1);
  });

  it('credits a paid invoice to the card and to the balance, and refunds no more than was paid', async () => {
    const { subscription, customer } = await subscribe(2000);
    const invoice = await latestInvoice(stripe, subscription.id);
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 500,
      refund_amount: 200,
      credit_amount: 300,
    });
    expect(note.total).toBe(500);
    const current = await stripe.customers.retrieve(customer.id);
    expect('balance' in current && current.balance).toBe(-300);
    const intent = String(invoice.payments?.data[0]?.payment.payment_intent);
    await expect(stripe.refunds.create({ payment_intent: intent, amount: 1900 })).rejects.toThrow(
      /greater than/,
    );
    const refund = await stripe.refunds.create({ payment_intent: intent, amount: 1800 });
    expect(refund.status).toBe('succeeded');
    await flow.advance(31 * DAY + 3600);
    const next = await latestInvoice(stripe, subscription.id);
    expect([next.total, next.amount_due, next.amount_paid]).toEqual([2000, 1700, 1700]);
  });

  it('turns a downgrade into credit that later invoices use, never into a refund', async () => {
    const { subscription, plan: price, item, customer } = await subscribe(9000);
    const smaller = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
    });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: smaller.id }],
      proration_behavior: 'always_invoice',
    });
    const invoice = await latestInvoice(stripe, subscription.id);
    expect([invoice.total, invoice.amount_due, invoice.status]).toEqual([-8000, 0, 'paid']);
    const current = await stripe.customers.retrieve(customer.id);
    expect('balance' in current && current.balance).toBe(-8000);
    expect((await stripe.customers.listBalanceTransactions(customer.id)).data[0]?.amount).toBe(-8000);
  });

  it('opens a dispute for the disputed card', async () => {
    await subscribe(2000, { card: 'pm_card_createDispute' });
    const [dispute] = (await stripe.disputes.list()).data;
    expect(dispute?.status).toBe('needs_response');
    expect((await stripe.events.list({ type: 'charge.dispute.created' })).data).toHaveLength(1);
  });

  it('switches the price at the end of the period through a schedule', async () => {
    const { subscription, plan: price } = await subscribe(9000);
    const smaller = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
    });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const [phase] = schedule.phases;
    await stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        {
          items: [{ price: price.id, quantity: 1 }],
          start_date: phase?.start_date ?? 0,
          end_date: phase?.end_date ?? 0,
        },
        {
          items: [{ price: smaller.id, quantity: 1 }],
          duration: { interval: 'month', interval_count: 1 },
          proration_behavior: 'none',
        },
      ],
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).schedule).toBe(schedule.id);
    await flow.control('POST', '/clock', { now: (phase?.end_date ?? 0) + 3600 });
    const switched = await stripe.subscriptions.retrieve(subscription.id);
    expect(switched.items.data[0]?.price.id).toBe(smaller.id);
    expect((await latestInvoice(stripe, subscription.id)).total).toBe(1000);
    await flow.advance(31 * DAY);
    expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('released');
    expect((await stripe.subscriptions.retrieve(subscription.id)).schedule).toBeNull();
  });

  it('switches to a yearly price at the end of the period through a schedule', async () => {
    const { subscription, plan: price } = await subscribe(9000);
    const yearly = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 90000,
      recurring: { interval: 'year' },
    });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const [phase] = schedule.phases;
    const end = phase?.end_date ?? 0;
    await stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: price.id, quantity: 1 }], start_date: phase?.start_date ?? 0, end_date: end },
        {
          items: [{ price: yearly.id, quantity: 1 }],
          duration: { interval: 'year' },
          proration_behavior: 'none',
        },
      ],
    });
    await flow.control('POST', '/clock', { now: end + 3600 });
    const switched = await stripe.subscriptions.retrieve(subscription.id);
    expect(switched.billing_cycle_anchor).toBe(end);
    expect((switched.items.data[0]?.current_period_end ?? 0) - end).toBe(365 * DAY);
    expect((await latestInvoice(stripe, subscription.id)).total).toBe(90000);
  });
});
