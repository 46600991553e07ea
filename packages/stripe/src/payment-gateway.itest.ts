import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asId, FixedClock } from '@metergate/core';
import type { PriceSpec } from '@metergate/core/catalog/catalog-gateway.ports';
import { type Emulator, startEmulator } from '@metergate/stripe-emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStripeClient } from './client.ts';
import { createPaymentGateway } from './payment-gateway.ts';

const clock = new FixedClock(new Date('2026-11-21T06:00:00Z'));
let organizations = 0;
function newOrganization() {
  organizations += 1;
  return asId('organization', `01900000-0000-7000-8000-${String(organizations).padStart(12, '0')}`);
}

function gatewayAt(apiBase: string) {
  return createPaymentGateway(createStripeClient({ apiKey: 'sk_test_emulator', apiBase }), clock);
}

describe('when Stripe does not answer', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });

  test('a call ends within five seconds, and after three of them the next ones end at once', async () => {
    const { port } = silent.address() as AddressInfo;
    const gateway = gatewayAt(`http://127.0.0.1:${port}`);
    const unavailable = { code: 'STRIPE_UNAVAILABLE', kind: 'unavailable', retryAfterSeconds: 5 };
    const startedMs = performance.now();
    const calls = Array.from({ length: 3 }, () => gateway.retrieveCustomer('cus_1'));
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(gateway.availability()).toBe('unavailable');
    const refusedMs = performance.now();
    await expect(gateway.retrieveCustomer('cus_1')).rejects.toMatchObject(unavailable);
    // A call that asks takes seconds.
    expect(performance.now() - refusedMs).toBeLessThan(1_000);
  }, 20_000);
});

describe('with an emulated Stripe', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0 });
  });
  afterAll(() => emulator.close());
  const gateway = () => gatewayAt(emulator.url);

  async function makePrice(input: Partial<PriceSpec> & Pick<PriceSpec, 'key'>) {
    const product = await gateway().createProduct({
      key: `product of ${input.key}`,
      name: 'Test',
      description: null,
      contentHash: 'hash',
      metadata: {},
    });
    return gateway().createPrice({
      stripeProductId: product.stripeId,
      currency: 'USD',
      interval: 'month',
      usage: { kind: 'licensed' },
      scheme: { kind: 'per_unit', unitPrice: '49' },
      contentHash: 'hash',
      metadata: {},
      ...input,
    });
  }

  async function makeSubscription(key: string, terms: Partial<PriceSpec> = {}) {
    const api = gateway();
    const organizationId = newOrganization();
    const price = await makePrice({ key, ...terms });
    const customer = await api.ensureCustomer({
      organizationId,
      name: 'Acme',
      email: `${key}@example.test`,
    });
    const method = await api.attachPaymentMethod({
      ...customer,
      stripePaymentMethodId: 'pm_card_visa',
      idempotencyKey: `${key}:attach`,
    });
    const { stripePaymentMethodId } = method;
    await api.setDefaultPaymentMethod({
      ...customer,
      stripePaymentMethodId,
      idempotencyKey: `${key}:default`,
    });
    const subscription = await api.createSubscription({
      ...customer,
      organizationId,
      plan: { family: 'voice-ops', plan: 'pro', planVersion: 1 },
      items: [{ stripePriceId: price.stripeId, quantity: '1' }],
      trialDays: null,
      stripePromotionCodeId: null,
      stripePaymentMethodId: null,
      idempotencyKey: `${key}:subscribe`,
    });
    return { api, price, customer, subscription };
  }

  test('asking twice for the customer of an organization makes one', async () => {
    const input = { organizationId: newOrganization(), name: 'Acme', email: 'once@example.test' };
    const first = await gateway().ensureCustomer(input);
    expect(await gateway().ensureCustomer(input)).toEqual(first);
    const renamed = { ...input, name: 'Acme Ltd', email: 'new@example.test' };
    expect(await gateway().ensureCustomer(renamed)).toEqual(first);
  });

  test.each([
    ['USD', '0.75', 75n],
    ['JPY', '4300', 4300n],
    ['KWD', '9', 9000n],
  ])('a price in %s of %s is charged as %s minor units', async (currency, unitPrice, minor) => {
    const key = `mg_test_plan_v1_base_month_${currency.toLowerCase()}`;
    const scheme = { kind: 'per_unit' as const, unitPrice };
    const { api, subscription } = await makeSubscription(key, { currency, scheme });
    const invoice = await api.retrieveInvoice(subscription.latestInvoice?.stripeInvoiceId ?? '');
    expect(invoice).toMatchObject({ currency, totalMinor: minor });
    expect(invoice?.lines).toMatchObject([{ unitPrice, amountMinor: minor, priceKey: key }]);
    expect(subscription).toMatchObject({ status: 'active', currency });
  });

  test('the same request sent twice is one subscription, and its preview costs what the change costs', async () => {
    const { api, customer, subscription, price } = await makeSubscription('mg_a_pro_v1_base_month_usd');
    const { subscriptions: again = [] } = await api.readCustomer(customer.stripeCustomerId, {
      subscriptions: true,
      paymentMethods: false,
    });
    expect(again.length).toBe(1);
    expect(subscription).toMatchObject({ status: 'active', currency: 'USD', isLive: false });
    const dearer = await makePrice({
      key: 'mg_a_business_v1_base_month_usd',
      scheme: { kind: 'per_unit', unitPrice: '149' },
    });
    const change = {
      stripeSubscriptionId: subscription.stripeSubscriptionId,
      plan: { family: 'a', plan: 'business', planVersion: 1 },
      items: [{ stripeItemId: subscription.items[0]?.stripeItemId ?? '', stripePriceId: dearer.stripeId }],
      proration: 'invoice_now' as const,
      prorationAt: subscription.periodStart,
    };
    const preview = await api.previewChange({ ...change, ...customer });
    const changed = await api.changeSubscription({ ...change, idempotencyKey: 'a:change' });
    const invoice = await api.retrieveInvoice(changed.latestInvoice?.stripeInvoiceId ?? '');
    expect(preview.totalMinor).toBe(10_000n);
    expect(invoice).toMatchObject({ totalMinor: preview.totalMinor, status: 'paid' });
    expect(changed.items).toMatchObject([{ priceKey: 'mg_a_business_v1_base_month_usd', quantity: '1' }]);
    expect(price.stripeId).not.toBe(dearer.stripeId);
  });

  test('a refused card leaves the plan as it was', async () => {
    const { api, subscription, customer } = await makeSubscription('mg_b_pro_v1_base_month_usd');
    const bad = await api.attachPaymentMethod({
      ...customer,
      stripePaymentMethodId: 'pm_card_chargeCustomerFail',
      idempotencyKey: 'b:bad',
    });
    const { stripePaymentMethodId } = bad;
    await api.setDefaultPaymentMethod({
      ...customer,
      stripePaymentMethodId,
      idempotencyKey: 'b:default-bad',
    });
    const dearer = await makePrice({
      key: 'mg_b_business_v1_base_month_usd',
      scheme: { kind: 'per_unit', unitPrice: '149' },
    });
    const change = api.changeSubscription({
      stripeSubscriptionId: subscription.stripeSubscriptionId,
      plan: { family: 'b', plan: 'business', planVersion: 1 },
      items: [{ stripeItemId: subscription.items[0]?.stripeItemId ?? '', stripePriceId: dearer.stripeId }],
      proration: 'invoice_now',
      prorationAt: subscription.periodStart,
      idempotencyKey: 'b:change',
    });
    await expect(change).rejects.toMatchObject({ code: 'PAYMENT_DECLINED', retriable: false });
    const after = await api.retrieveSubscription(subscription.stripeSubscriptionId);
    expect(after?.items).toMatchObject([{ priceKey: 'mg_b_pro_v1_base_month_usd' }]);
  });

  test('what does not exist is null and not an error', async () => {
    const api = gateway();
    expect(await api.retrieveSubscription('sub_of_nobody')).toBeNull();
    expect(await api.retrieveInvoice('in_of_nobody')).toBeNull();
    expect(await api.retrieveCheckoutSession('cs_of_nobody')).toBeNull();
    expect(await api.retrieveCustomer('cus_of_nobody')).toBeNull();
    expect(api.availability()).toBe('available');
  });

  test('a downgrade waits for the end of the period and can be taken back', async () => {
    const { api, subscription } = await makeSubscription('mg_c_pro_v1_base_month_usd');
    const cheaper = await makePrice({
      key: 'mg_c_basic_v1_base_month_usd',
      scheme: { kind: 'per_unit', unitPrice: '9' },
    });
    const { stripeSubscriptionId } = subscription;
    const scheduled = await api.scheduleChange({
      stripeSubscriptionId,
      plan: { family: 'c', plan: 'basic', planVersion: 1 },
      items: [{ stripePriceId: cheaper.stripeId, quantity: '1' }],
      idempotencyKey: 'c:schedule',
    });
    expect(scheduled.items).toMatchObject([{ priceKey: 'mg_c_pro_v1_base_month_usd' }]);
    expect(scheduled.scheduledChange).toMatchObject({ at: subscription.periodEnd });
    const stripeScheduleId = scheduled.stripeScheduleId ?? '';
    const released = await api.releaseSchedule({
      stripeScheduleId,
      stripeSubscriptionId,
      idempotencyKey: 'c:release',
    });
    expect(released.scheduledChange).toBeNull();
  });
});
