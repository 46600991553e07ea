import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, DAY, type Flow, seconds, startFlow } from './flow.ts';

const START = '2026-03-01T00:00:00Z';

describe('deliveries, trials, changes and idempotency', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow(START);
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  it('signs deliveries, retries refused ones and lets them be sent again', async () => {
    const received: { body: string; signature: string }[] = [];
    let isRefusing = true;
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push({
        body: Buffer.concat(chunks).toString(),
        signature: String(request.headers['stripe-signature']),
      });
      response.statusCode = isRefusing ? 500 : 200;
      isRefusing = false;
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const endpoint = await stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${port}/hook`,
      enabled_events: ['product.created'],
      api_version: '2026-10-28.endive',
    });
    await stripe.products.create({ name: 'Announced' });
    await expect.poll(() => received.length, { timeout: 5000 }).toBe(2);
    const event = stripe.webhooks.constructEvent(
      received[1]?.body ?? '',
      received[1]?.signature ?? '',
      endpoint.secret ?? '',
    );
    expect(event.type).toBe('product.created');
    const log = await flow.control('GET', '/deliveries');
    expect(log.data).toHaveLength(1);
    await stripe.webhookEndpoints.del(endpoint.id);
    receiver.close();
  });

  it('gives trials a setup intent, announces their end and bills then', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 14,
      expand: ['latest_invoice'],
    });
    expect(subscription.status).toBe('trialing');
    expect(typeof subscription.latest_invoice === 'object' && subscription.latest_invoice?.total).toBe(0);
    await flow.advance(14 * DAY + 3600);
    const after = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
    expect(after.status).toBe('active');
    expect(after.billing_cycle_anchor).toBe(subscription.trial_end);
    expect(typeof after.latest_invoice === 'object' && after.latest_invoice?.amount_paid).toBe(3000);
    const types = (await stripe.events.list({ type: 'customer.subscription.trial_will_end' })).data;
    expect(types).toHaveLength(1);
  });

  it('bills a switch to a yearly price at once and re-anchors', async () => {
    const monthly = await createPlan(stripe, { unit_amount: 3000 });
    const yearly = await stripe.prices.create({
      product: String(monthly.product),
      currency: 'usd',
      unit_amount: 30000,
      recurring: { interval: 'year' },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: monthly.id }],
    });
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: yearly.id }],
      expand: ['latest_invoice'],
    });
    const invoice = updated.latest_invoice;
    if (typeof invoice !== 'object' || invoice === null) throw new Error('not expanded');
    expect(invoice.lines.data.map((line) => line.amount)).toEqual([-3000, 30000]);
    expect(invoice.amount_paid).toBe(27000);
  });

  it('leaves nothing behind when error_if_incomplete refuses', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const customer = await createPayer(stripe, 'pm_card_chargeCustomerFail');
    await expect(
      stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        payment_behavior: 'error_if_incomplete',
      }),
    ).rejects.toMatchObject({ code: 'card_declined' });
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(0);
  });

  it('replays an idempotent request and refuses the key for another one', async () => {
    const first = await stripe.customers.create({ email: 'x@example.com' }, { idempotencyKey: 'k1' });
    const again = await stripe.customers.create({ email: 'x@example.com' }, { idempotencyKey: 'k1' });
    expect(again.id).toBe(first.id);
    await expect(
      stripe.customers.create({ email: 'y@example.com' }, { idempotencyKey: 'k1' }),
    ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  });

  it('keeps an unpaid change pending and applies it when it is paid', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const bigger = await stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 9000,
      recurring: { interval: 'month' },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    await stripe.subscriptions.update(subscription.id, { default_payment_method: bad.id });
    const waiting = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: bigger.id }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    });
    expect(waiting.status).toBe('active');
    expect(waiting.items.data[0]?.price.id).toBe(price.id);
    expect(waiting.pending_update?.subscription_items?.[0]?.price.id).toBe(bigger.id);
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: good.id });
    const applied = await stripe.subscriptions.retrieve(subscription.id);
    expect(applied.items.data[0]?.price.id).toBe(bigger.id);
    expect(applied.pending_update).toBeNull();
  });

  it('answers unknown routes and objects in an error envelope', async () => {
    await expect(stripe.rawRequest('GET', '/v1/nothing_here')).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
    const live = await fetch(`${flow.emulator.url}/v1/customers`, {
      headers: { authorization: 'Bearer sk_live_x' },
    });
    expect(live.status).toBe(401);
  });

  it('starts from the frozen instant', () => {
    expect(seconds(START)).toBe(1772323200);
  });
});
