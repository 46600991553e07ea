import type { OrganizationId } from '@metergate/core';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveHosted } from '../pay-hosted.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const begin = '2027-04-01T00:00:00Z';
let billing: TestBilling;
let stripe: Stripe;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  const { port } = new URL(billing.emulatorUrl);
  stripe = new Stripe('sk_test_emulator', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  ({ key } = await billing.addApiKey(['organizations:write', 'billing:read', 'billing:write']));
  await billing.emulator('POST', '/clock', { now: begin, frozen: true });
  await goTo(begin);
});
afterAll(() => billing.stop());

async function goTo(instant: string): Promise<void> {
  await billing.rest({ method: 'POST', path: '/test/clock', body: { now: instant } });
  await billing.settle();
}

const call = (method: string, path: string, body?: unknown) =>
  billing.rest({ method, path: `/v1/organizations/${path}`, key, ...(body ? { body } : {}) });

async function join(slug: string): Promise<{ id: OrganizationId; customer: string }> {
  const body = { name: slug, externalId: slug, email: `${slug}@example.test`, currency: 'USD' };
  await billing.rest({ method: 'POST', path: '/v1/organizations', key, body });
  const wish = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };
  expect((await call('POST', `${slug}/billing/subscriptions`, wish)).status).toBe(201);
  await billing.settle();
  const { rows } = await billing.db.owner.query(
    'select id, stripe_customer_id as customer from organizations where external_id = $1',
    [slug],
  );
  return rows[0];
}

async function subscriptionOf(slug: string) {
  return (await call('GET', `${slug}/billing/subscriptions?includeEnded=true`)).json.items[0];
}

async function mailsOf(id: OrganizationId, template: string) {
  const { rows } = await billing.db.owner.query(
    'select subject, text from emails where organization_id = $1 and template = $2 order by created_at, id',
    [id, template],
  );
  return rows;
}

async function replaceCard(customer: string, token: string, expiry?: { month: number; year: number }) {
  const method = await stripe.paymentMethods.attach(token, { customer });
  if (expiry !== undefined) {
    const card = { exp_month: expiry.month, exp_year: expiry.year };
    await stripe.paymentMethods.update(method.id, { card });
  }
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const { data } = await stripe.subscriptions.list({ customer });
  for (const { id } of data) await stripe.subscriptions.update(id, { default_payment_method: method.id });
  await billing.settle();
}

describe('a renewal for which the bank wants an approval', () => {
  test('says where to approve it, keeps access meanwhile, and is paid by approving', async () => {
    const { id, customer } = await join('approves-renewal');
    await replaceCard(customer, 'pm_card_authenticationRequired');
    await goTo('2027-05-01T02:00:00Z');
    const waiting = await subscriptionOf('approves-renewal');
    expect(waiting).toMatchObject({ status: 'past_due', access: 'full' });
    expect(waiting.actionUrl).toMatch(/^http/);
    const [told, ...more] = await mailsOf(id, 'payment_action_required');
    expect(more).toEqual([]);
    expect(told.subject).toBe('Approve the payment of $49.00');
    expect(told.text).toContain(waiting.actionUrl);
    expect(await mailsOf(id, 'payment_failed')).toEqual([]);
    await approveHosted(waiting.actionUrl);
    await billing.settle();
    const paid = await call('GET', 'approves-renewal/billing/invoices?status=paid');
    expect(paid.json.items).toHaveLength(2);
    expect(await subscriptionOf('approves-renewal')).toMatchObject({
      status: 'active',
      access: 'full',
      actionUrl: null,
    });
    expect(await mailsOf(id, 'receipt')).toHaveLength(2);
  });
});

describe('a card that expires', () => {
  test('is mailed about once before and once after, and not when another one pays', async () => {
    const { id, customer } = await join('expires');
    const other = await join('replaces-in-time');
    for (const each of [customer, other.customer]) {
      await replaceCard(each, 'pm_card_mastercard', { month: 6, year: 2027 });
    }
    await goTo('2027-05-31T23:00:00Z');
    expect(await mailsOf(id, 'card_expiring')).toEqual([]);
    await goTo('2027-06-01T01:00:00Z');
    await goTo('2027-06-02T01:00:00Z');
    const [before, ...none] = await mailsOf(id, 'card_expiring');
    expect(none).toEqual([]);
    expect(before.subject).toBe('The card ending in 4444 expires soon');
    expect(before.text).toMatch(/Update the card: http.*\/billing\/payment/);
    await replaceCard(other.customer, 'pm_card_visa');
    await goTo('2027-07-01T01:00:00Z');
    await goTo('2027-07-02T01:00:00Z');
    expect((await mailsOf(id, 'card_expiring')).map(({ subject }) => subject)).toEqual([
      'The card ending in 4444 expires soon',
      'The card ending in 4444 has expired',
    ]);
    expect((await mailsOf(other.id, 'card_expiring')).length).toBe(1);
  });
});

describe('a subscription that is changed at Stripe, past us', () => {
  test('is what Stripe says it is: another plan, an end, and its taking back', async () => {
    const { customer } = await join('changed-there');
    const { data } = await stripe.subscriptions.list({ customer });
    const [subscription] = data;
    const item = subscription?.items.data[0]?.id ?? '';
    const prices = await stripe.prices.list({ lookup_keys: ['mg_voice-ops_business_v1_base_month_usd'] });
    await stripe.subscriptions.update(subscription?.id ?? '', {
      items: [{ id: item, price: prices.data[0]?.id ?? '' }],
      proration_behavior: 'none',
    });
    await billing.settle();
    expect(await subscriptionOf('changed-there')).toMatchObject({ plan: 'business', status: 'active' });
    await stripe.subscriptions.update(subscription?.id ?? '', { cancel_at_period_end: true });
    await billing.settle();
    expect((await subscriptionOf('changed-there')).cancelAt).not.toBeNull();
    await stripe.subscriptions.update(subscription?.id ?? '', { cancel_at_period_end: false });
    await billing.settle();
    expect((await subscriptionOf('changed-there')).cancelAt).toBeNull();
    await stripe.subscriptions.cancel(subscription?.id ?? '');
    await billing.settle();
    expect(await subscriptionOf('changed-there')).toMatchObject({ status: 'canceled', access: 'suspended' });
  });
});
