import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, type Flow, startFlow } from './flow.ts';

describe('the pages of the portal and the dashboard', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-04-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  async function submit(url: string, fields: Record<string, string>) {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
    return {
      status: response.status,
      location: response.headers.get('location'),
      text: await response.text(),
    };
  }
  const read = async (url: string) => (await fetch(url)).text();

  async function subscribed() {
    const small = await createPlan(stripe, { unit_amount: 3000 });
    const large = await createPlan(stripe, { unit_amount: 9000 });
    const configuration = await stripe.billingPortal.configurations.create({
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          proration_behavior: 'always_invoice',
          products: [
            { product: String(small.product), prices: [small.id] },
            { product: String(large.product), prices: [large.id] },
          ],
        },
      },
    });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: small.id }],
    });
    await flow.control('POST', '/clock', { now: '2026-04-16T00:00:00Z' });
    return { customer, subscription, large, configuration: configuration.id };
  }

  it('switches the plan in three steps and bills what the second step showed', async () => {
    const { customer, subscription, large, configuration } = await subscribed();
    const { url } = await stripe.billingPortal.sessions.create({ customer: customer.id, configuration });
    expect(await read(url)).toContain(`?update=${subscription.id}`);
    expect(await read(`${url}?update=${subscription.id}`)).toContain('$90.00 per month');
    const chosen = { subscription: subscription.id, price: large.id };
    const preview = await submit(url, { ...chosen, action: 'choose_plan' });
    // Half of April is left: −15.00 and +45.00.
    expect(preview.text).toContain('Amount due today');
    expect(preview.text).toContain('$30.00');
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.price.id).not.toBe(large.id);
    const done = await submit(url, { ...chosen, action: 'confirm_plan' });
    expect(done.status).toBe(303);
    const after = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
    expect(after.items.data[0]?.price.id).toBe(large.id);
    expect(after.latest_invoice).toMatchObject({ total: 3000, status: 'paid' });
  });

  it('confirms a linked plan and returns to the application; other prices are not on offer', async () => {
    const { customer, subscription, large, configuration } = await subscribed();
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration,
      return_url: 'http://127.0.0.1:1/plans',
      flow_data: {
        type: 'subscription_update_confirm',
        subscription_update_confirm: {
          subscription: subscription.id,
          items: [{ id: subscription.items.data[0]?.id ?? '', price: large.id, quantity: 2 }],
        },
      },
    });
    expect(await read(session.url)).toContain('Confirm your new plan');
    const done = await submit(session.url, { action: 'confirm_plan' });
    expect(done.location).toBe('http://127.0.0.1:1/plans');
    const [item] = (await stripe.subscriptions.retrieve(subscription.id)).items.data;
    expect([item?.price.id, item?.quantity]).toEqual([large.id, 2]);
    const secret = await createPlan(stripe, { unit_amount: 1 });
    const plain = await stripe.billingPortal.sessions.create({ customer: customer.id, configuration });
    await submit(plain.url, { action: 'confirm_plan', subscription: subscription.id, price: secret.id });
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.price.id).toBe(large.id);
  });

  it('shows objects, events and deliveries and works by its forms alone', async () => {
    const home = `${flow.emulator.url}/_emu`;
    await flow.control('POST', '/webhook_endpoints', { url: 'http://127.0.0.1:9/none' });
    const product = await stripe.products.create({ name: '<b>Bold</b>' });
    const page = await read(`${home}?kind=product`);
    expect(page).toContain(product.id);
    expect(page).not.toContain('<b>Bold');
    const before = Number((await flow.control('GET', '/clock')).unixSeconds);
    expect((await submit(`${home}/forms/clock`, { days: '1.5' })).location).toBe('/_emu');
    expect(Number((await flow.control('GET', '/clock')).unixSeconds)).toBe(before + 129_600);
    const set = await submit(`${home}/forms/faults`, { faults: '{"webhooks":{"drop":1}}' });
    expect(set.status).toBe(303);
    expect(await flow.control('GET', '/faults')).toMatchObject({ webhooks: { drop: 1 } });
    expect((await submit(`${home}/forms/faults`, { faults: 'nonsense' })).status).toBe(400);
    await submit(`${home}/forms/faults`, { clear: '1', faults: '{}' });
    expect(await flow.control('GET', '/faults')).toEqual({ webhooks: {}, api: [] });
    const { data } = await flow.control('GET', '/deliveries');
    const [delivery] = Array.isArray(data) ? data : [];
    expect((await submit(`${home}/forms/resend`, { id: delivery.id })).status).toBe(303);
    expect((await submit(`${home}/forms/release`, {})).status).toBe(303);
    expect((await submit(`${home}/forms/clock`, { release: '1' })).status).toBe(303);
    expect((await flow.control('GET', '/clock')).mode).toBe('real');
  });
});
