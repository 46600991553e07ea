import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

describe('subscriptions over the real SDK', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow('2026-01-31T10:00:00Z');
  });
  afterAll(() => flow.close());

  it('charges the first period inside the create call', async () => {
    const { stripe } = flow;
    const price = await createPlan(stripe, { unit_amount: 1000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, quantity: 2 }],
      expand: ['latest_invoice.payments', 'latest_invoice.confirmation_secret'],
    });
    expect(subscription.status).toBe('active');
    const invoice = subscription.latest_invoice;
    expect(typeof invoice === 'object' && invoice?.amount_paid).toBe(2000);
    expect(subscription.items.data[0]?.current_period_end).toBe(seconds('2026-02-28T10:00:00Z'));
  });

  it('renews at the boundary counted from the anchor, an hour after the draft', async () => {
    const { stripe } = flow;
    await flow.advance(28 * DAY + 3600);
    const invoices = await stripe.invoices.list();
    expect(invoices.data.map((row) => [row.billing_reason, row.status, row.amount_paid])).toEqual([
      ['subscription_cycle', 'paid', 2000],
      ['subscription_create', 'paid', 2000],
    ]);
    const [subscription] = (await stripe.subscriptions.list()).data;
    expect(subscription?.items.data[0]?.current_period_end).toBe(seconds('2026-03-31T10:00:00Z'));
  });

  it('answers an unknown parameter as Stripe does', async () => {
    await expect(flow.stripe.rawRequest('POST', '/v1/customers', { nmae: 'x' })).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'nmae',
    });
  });
});
