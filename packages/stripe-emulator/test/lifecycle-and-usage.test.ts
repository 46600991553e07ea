import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, type Flow, startFlow } from './flow.ts';
import { createSubscriber, latestInvoice } from './subscriber.ts';

describe('pauses, entitlements, search and usage', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  const subscribe = (unit_amount: number, options: Parameters<typeof createSubscriber>[2] = {}) =>
    createSubscriber(stripe, { unit_amount }, options);

  it('pauses with credit for unused time and bills a new period on resumption', async () => {
    const { subscription } = await subscribe(3100);
    const paused = await stripe.subscriptions.pause(subscription.id, {
      type: 'subscription',
      bill_for: { unused_time_from: { type: 'now' } },
    });
    expect(paused.status).toBe('paused');
    expect(paused.status_details?.paused.subscription.type).toBe('pause_requested');
    // Asked at once: sixty days later the event may be older than events are kept.
    const newestOf = async (type: string) => {
      const [event] = (await stripe.events.list({ type, limit: 1 })).data;
      return Object(event?.data.object).id;
    };
    expect(await newestOf('customer.subscription.paused')).toBe(subscription.id);
    await flow.advance(60 * DAY);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('paused');
    const resumed = await stripe.subscriptions.resume(subscription.id);
    expect(resumed.status).toBe('active');
    const invoice = await latestInvoice(stripe, subscription.id);
    expect(invoice.total).toBe(3100);
    expect(await newestOf('customer.subscription.resumed')).toBe(subscription.id);
  });

  it('resumes on the old dates: paid time is not charged again, the rest of a later month by the second', async () => {
    const { subscription, item } = await subscribe(3100);
    const end = subscription.items.data[0]?.current_period_end ?? 0;
    const start = subscription.items.data[0]?.current_period_start ?? 0;
    const pause = { bill_for: { unused_time_from: { type: 'none' } } } as const;
    const resume = {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'always_invoice',
    } as const;
    await flow.advance(DAY);
    await stripe.subscriptions.pause(subscription.id, pause);
    await flow.advance(DAY);
    await stripe.subscriptions.resume(subscription.id, resume);
    expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1);
    await stripe.subscriptions.pause(subscription.id, pause);
    await flow.control('POST', '/clock', { now: end + 10 * DAY });
    const later = await stripe.subscriptions.resume(subscription.id, resume);
    expect(later).toMatchObject({ status: 'active', billing_cycle_anchor: start });
    const [now] = later.items.data;
    expect(now).toMatchObject({ id: item, current_period_start: end });
    const left = ((now?.current_period_end ?? 0) - end - 10 * DAY) / ((now?.current_period_end ?? 0) - end);
    expect(await latestInvoice(stripe, subscription.id)).toMatchObject({
      status: 'paid',
      total: Math.round(3100 * left),
    });
  });

  it('voids renewals while collection is paused', async () => {
    const { subscription } = await subscribe(3100);
    await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } });
    await flow.advance(32 * DAY);
    expect((await latestInvoice(stripe, subscription.id)).status).toBe('void');
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('derives active entitlements from live subscriptions', async () => {
    const { plan: price, customer, subscription } = await subscribe(100);
    const feature = await stripe.entitlements.features.create({ name: 'Exports', lookup_key: 'exports' });
    await stripe.products.createFeature(String(price.product), { entitlement_feature: feature.id });
    const active = () => stripe.entitlements.activeEntitlements.list({ customer: customer.id });
    expect((await active()).data.map((row) => row.lookup_key)).toEqual(['exports']);
    await stripe.subscriptions.cancel(subscription.id);
    expect((await active()).data).toEqual([]);
    expect(
      (await stripe.events.list({ type: 'entitlements.active_entitlement_summary.updated' })).data,
    ).toHaveLength(2);
  });

  it('finds objects by metadata and refuses a query it cannot read', async () => {
    const customer = await stripe.customers.create({
      email: 'find@me.test',
      metadata: { organization: 'org_42' },
    });
    const found = await stripe.customers.search({
      query: "metadata['organization']:'org_42' AND email:'find@me.test'",
    });
    expect(found.data.map((row) => row.id)).toEqual([customer.id]);
    await expect(stripe.customers.search({ query: 'email=x' })).rejects.toThrow(/parse/);
  });

  it('takes streamed meter events and reports bad ones by a thin event', async () => {
    const meter = await stripe.billing.meters.create({
      display_name: 'Tokens',
      event_name: 'tokens',
      default_aggregation: { formula: 'sum' },
    });
    const customer = await stripe.customers.create({});
    const session = await stripe.v2.billing.meterEventSession.create();
    const { default: StripeClient } = await import('stripe');
    const streaming = new StripeClient(session.authentication_token, {
      host: '127.0.0.1',
      port: flow.emulator.port,
      protocol: 'http',
    });
    await streaming.v2.billing.meterEventStream.create({
      events: [
        { event_name: 'tokens', payload: { stripe_customer_id: customer.id, value: '7' } },
        { event_name: 'tokens', payload: { stripe_customer_id: 'cus_none', value: '7' } },
      ],
    });
    const now = Number((await flow.control('GET', '/clock')).unixSeconds);
    const summary = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: now - 60,
      end_time: now + 60,
    });
    expect(summary.data[0]?.aggregated_value).toBe(7);
  });

  it('takes unpaid time-limited changes back', async () => {
    const { subscription, plan: price, item, customer } = await subscribe(3000);
    const bigger = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 9000,
      recurring: { interval: 'month' },
    });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    await stripe.subscriptions.update(subscription.id, { default_payment_method: bad.id });
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: bigger.id }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    });
    await flow.advance(DAY);
    const after = await stripe.subscriptions.retrieve(subscription.id);
    expect([after.pending_update, after.items.data[0]?.price.id]).toEqual([null, price.id]);
  });

  it('has sent only events whose objects fit the SDK types', async () => {
    const types = new Set<string>();
    for await (const event of stripe.events.list({ limit: 100 })) types.add(event.type);
    expect(types.size).toBeGreaterThan(25);
    expect(types).toContain('invoice.upcoming');
  });
});
