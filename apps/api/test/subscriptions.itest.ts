import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payHosted } from './pay-hosted.ts';
import { startTestBilling, type TestBilling } from './start-test-billing.ts';

let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling();
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'organizations:write'])).key;
});
afterAll(() => billing.stop());

async function organization(slug: string, members: Record<string, string> = {}): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug, members);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  return id;
}

function post(slug: string, path: string, body: unknown = {}) {
  return billing.rest({ method: 'POST', path: `/v1/organizations/${slug}/billing/${path}`, key, body });
}

async function subscriptionsOf(slug: string) {
  const answer = await billing.rest({
    method: 'GET',
    path: `/v1/organizations/${slug}/billing/subscriptions`,
    key,
  });
  return answer.json.items;
}

const voicePro = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };

describe('buying a plan', () => {
  it('starts a subscription with a saved card and mirrors its paid invoice', async () => {
    const id = await organization('buys');
    const answer = await post('buys', 'subscriptions', voicePro);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      family: 'voice-ops',
      plan: 'pro',
      status: 'active',
      access: 'full',
      recurring: { amountMinor: '4900', currency: 'USD' },
    });
    const invoices = await billing.db.owner.query(
      `select status, total_minor::text as total from invoices where organization_id = $1`,
      [id],
    );
    expect(invoices.rows).toEqual([{ status: 'paid', total: '4900' }]);
  });

  it('refuses a second live subscription of the family, whoever asks at the same time', async () => {
    await organization('races');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('races', 'subscriptions', voicePro)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    for (const { status, json } of answers) {
      if (status !== 201) expect(json.error.code).toMatch(/^(SUBSCRIPTION_EXISTS|PURCHASE_IN_PROGRESS)$/);
    }
    expect(await subscriptionsOf('races')).toHaveLength(1);
    expect((await post('races', 'subscriptions', voicePro)).json.error.code).toBe('SUBSCRIPTION_EXISTS');
  });

  it('keeps nothing of a declined card and lets another card try', async () => {
    await organization('declined');
    const declined = await post('declined', 'subscriptions', {
      ...voicePro,
      paymentMethod: 'pm_card_chargeDeclined',
    });
    expect(declined.status).toBe(402);
    expect(declined.json.error.code).toBe('PAYMENT_DECLINED');
    const second = await post('declined', 'subscriptions', voicePro);
    expect(second.status).toBe(201);
  });

  it('charges every active client, and follows the count through the outbox', async () => {
    await organization('agency-one');
    const client = (name: string) =>
      billing.rest({ method: 'POST', path: '/v1/organizations/agency-one/clients', key, body: { name } });
    for (const name of ['Northwind', 'Contoso']) expect((await client(name)).status).toBe(201);
    const bought = await post('agency-one', 'subscriptions', {
      family: 'agency',
      plan: 'agency',
      paymentMethod: 'pm_card_visa',
    });
    expect(bought.json.recurring.amountMinor).toBe('19700');
    expect((await client('Fabrikam')).status).toBe(201);
    await billing.settle();
    const [subscription] = await subscriptionsOf('agency-one');
    expect(subscription.recurring.amountMinor).toBe('24600');
  });

  it.each([
    { wish: 'an unknown plan', body: { family: 'voice-ops', plan: 'gold' }, refusal: [404, 'PLAN_UNKNOWN'] },
    { wish: 'an unknown family', body: { family: 'nothing', plan: 'pro' }, refusal: [404, 'FAMILY_UNKNOWN'] },
    {
      wish: 'a plan made to measure',
      body: { family: 'voice-ops', plan: 'enterprise' },
      refusal: [403, 'PLAN_NOT_SELF_SERVICE'],
    },
    { wish: 'a free plan', body: { family: 'voice-ops', plan: 'free' }, refusal: [422, 'PLAN_IS_FREE'] },
    {
      wish: 'an interval that is not sold',
      body: { family: 'voice-ops', plan: 'pro', interval: 'year' },
      refusal: [422, 'INTERVAL_NOT_OFFERED'],
    },
    {
      wish: 'half a seat',
      body: { family: 'agent-studio', plan: 'pro', quantity: '1.5' },
      refusal: [422, 'PURCHASE_QUANTITY_INVALID'],
    },
    {
      wish: 'no seat',
      body: { family: 'agent-studio', plan: 'pro', quantity: '0' },
      refusal: [422, 'PURCHASE_QUANTITY_INVALID'],
    },
    {
      wish: 'a billion seats',
      body: { family: 'agent-studio', plan: 'pro', quantity: '1000000000' },
      refusal: [422, 'PURCHASE_QUANTITY_INVALID'],
    },
    {
      wish: 'another site to return to',
      body: { family: 'voice-ops', plan: 'pro', returnPath: 'https://evil.test' },
      refusal: [400, 'RETURN_PATH_INVALID'],
    },
    {
      wish: 'a hidden other site',
      body: { family: 'voice-ops', plan: 'pro', returnPath: '/\\evil.test' },
      refusal: [400, 'RETURN_PATH_INVALID'],
    },
    {
      wish: 'an encoded other site',
      body: { family: 'voice-ops', plan: 'pro', returnPath: '/%2f%2fevil.test' },
      refusal: [400, 'RETURN_PATH_INVALID'],
    },
  ])('refuses $wish', async ({ wish, body, refusal }) => {
    const slug = wish.replaceAll(' ', '-');
    await organization(slug);
    const answer = await post(slug, 'checkout-sessions', body);
    expect([answer.status, answer.json.error.code]).toEqual(refusal);
  });
});

describe('the hosted checkout', () => {
  it('answers the same address for the same wish and closes it when a saved card pays first', async () => {
    await organization('tabs');
    const wish = { family: 'voice-ops', plan: 'pro' };
    const first = await post('tabs', 'checkout-sessions', wish);
    const second = await post('tabs', 'checkout-sessions', wish);
    expect(second.json.url).toBe(first.json.url);
    expect((await post('tabs', 'subscriptions', voicePro)).status).toBe(201);
    const { rows } = await billing.db.owner.query(
      `select status from checkout_sessions where stripe_session_id = $1`,
      [first.json.id],
    );
    expect(rows).toEqual([{ status: 'expired' }]);
  });

  it('shows the new plan on return before and after the webhook, and nobody else the session', async () => {
    const owner = await billing.signUp('hosted@example.test');
    await organization('hosted', { [owner.userId]: 'owner' });
    const session = await post('hosted', 'checkout-sessions', { family: 'voice-ops', plan: 'pro' });
    const returned = (organizationSlug: string, cookie: string) =>
      billing.trpc({
        path: 'subscriptions.checkoutReturn',
        type: 'query',
        input: { organization: organizationSlug, sessionId: session.json.id },
        cookie,
      });
    expect((await returned('hosted', owner.cookie)).json.result.data.state).toBe('not_paid');
    await payHosted(session.json.url);
    expect((await returned('hosted', owner.cookie)).json.result.data).toMatchObject({
      state: 'done',
      planName: 'Pro',
      subscription: { status: 'active' },
    });
    const other = await billing.signUp('other-hosted@example.test');
    await organization('other-hosted', { [other.userId]: 'owner' });
    expect((await returned('other-hosted', other.cookie)).status).toBe(404);
  });
});

describe('changing a plan', () => {
  it('charges exactly the quote for an upgrade and does it once', async () => {
    const id = await organization('upgrades');
    await post('upgrades', 'subscriptions', voicePro);
    const quote = await post('upgrades', 'quotes', { family: 'voice-ops', plan: 'business' });
    expect(quote.status).toBe(201);
    expect(quote.json).toMatchObject({ at: 'now', plan: 'business', conflicts: [] });
    expect(Number(quote.json.dueNowMinor)).toBeGreaterThan(9_900);
    const path = `quotes/${quote.json.id}/accept`;
    const answers = await Promise.all([
      post('upgrades', path),
      post('upgrades', path),
      post('upgrades', path),
    ]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect((await post('upgrades', path)).json.plan).toBe('business');
    const { rows } = await billing.db.owner.query(
      `select total_minor::text as total from invoices where organization_id = $1 order by stripe_created_at, total_minor`,
      [id],
    );
    expect(rows.map(({ total }) => total).sort()).toEqual(['4900', quote.json.dueNowMinor].sort());
  });

  it('tries the seats of a quote again after a declined card, instead of answering that they are there', async () => {
    const id = await organization('seats-declined');
    const studio = { family: 'agent-studio', plan: 'pro', quantity: '2', paymentMethod: 'pm_card_visa' };
    await post('seats-declined', 'subscriptions', studio);
    await useCard(id, 'pm_card_chargeCustomerFail');
    const quote = await post('seats-declined', 'quotes', { family: 'agent-studio', quantity: '5' });
    const path = `quotes/${quote.json.id}/accept`;
    expect((await post('seats-declined', path)).json.error.code).toBe('PAYMENT_DECLINED');
    expect((await post('seats-declined', path)).json.error.code).toBe('PAYMENT_DECLINED');
    await useCard(id, 'pm_card_visa');
    expect((await post('seats-declined', path)).json.items).toMatchObject([{ quantity: '5' }]);
  });

  it('refuses a quote when the subscription changed meanwhile, with both figures', async () => {
    await organization('stale');
    await post('stale', 'subscriptions', {
      family: 'agent-studio',
      plan: 'pro',
      quantity: '2',
      paymentMethod: 'pm_card_visa',
    });
    const old = await post('stale', 'quotes', { family: 'agent-studio', quantity: '5' });
    const fresh = await post('stale', 'quotes', { family: 'agent-studio', quantity: '3' });
    expect((await post('stale', `quotes/${fresh.json.id}/accept`)).status).toBe(200);
    const refused = await post('stale', `quotes/${old.json.id}/accept`);
    expect([refused.status, refused.json.error.code]).toEqual([409, 'QUOTE_CHANGED']);
    expect(refused.json.error.details.quotedMinor).toBe(old.json.dueNowMinor);
    expect(refused.json.error.details.currentMinor).not.toBe(old.json.dueNowMinor);
  });

  it('keeps the old plan when the card is declined for the upgrade, and the next card may pay', async () => {
    const id = await organization('declines-later');
    await post('declines-later', 'subscriptions', voicePro);
    await useCard(id, 'pm_card_chargeCustomerFail');
    const quote = await post('declines-later', 'quotes', { family: 'voice-ops', plan: 'business' });
    const declined = await post('declines-later', `quotes/${quote.json.id}/accept`);
    expect([declined.status, declined.json.error.code]).toEqual([402, 'PAYMENT_DECLINED']);
    expect(await subscriptionsOf('declines-later')).toMatchObject([{ plan: 'pro', status: 'active' }]);
    await useCard(id, 'pm_card_visa');
    const paid = await post('declines-later', `quotes/${quote.json.id}/accept`);
    expect([paid.status, paid.json.plan]).toEqual([200, 'business']);
  });

  it('cancels at the end of the period and takes it back', async () => {
    await organization('leaves');
    const { id } = (await post('leaves', 'subscriptions', voicePro)).json;
    const canceled = await post('leaves', `subscriptions/${id}/cancel`, { at: 'period_end' });
    expect(canceled.json.cancelAt).toBe(canceled.json.currentPeriod.end);
    expect((await post('leaves', 'quotes', { family: 'voice-ops', plan: 'business' })).status).toBe(409);
    expect((await post('leaves', `subscriptions/${id}/resume`)).json.cancelAt).toBeNull();
    expect((await post('leaves', `subscriptions/${id}/cancel`, { at: 'now' })).json.status).toBe('canceled');
    expect((await post('leaves', 'subscriptions', voicePro)).status).toBe(201);
  });

  it('says when to try again while Stripe is away, and queues a cancellation', async () => {
    await organization('outage');
    const { id } = (await post('outage', 'subscriptions', voicePro)).json;
    await billing.emulator('POST', '/faults', {
      api: [{ kind: 'outage', when: 'before', probability: 1 }],
    });
    const quote = await post('outage', 'quotes', { family: 'voice-ops', plan: 'business' });
    expect([quote.status, quote.json.error.code]).toEqual([503, 'STRIPE_UNAVAILABLE']);
    expect(quote.headers.get('retry-after')).toMatch(/^\d+$/);
    const canceled = await post('outage', `subscriptions/${id}/cancel`, { at: 'period_end' });
    expect([canceled.status, canceled.json.queued]).toEqual([202, true]);
    await billing.emulator('DELETE', '/faults');
  });
});

async function useCard(organizationId: OrganizationId, card: string): Promise<void> {
  const { gateway, unitOfWork, ids } = billing.container;
  const account = await unitOfWork.run(organizationId, (tx) => tx.billingAccounts.find(organizationId));
  const stripeCustomerId = account?.stripeCustomerId ?? '';
  const attach = { stripeCustomerId, stripePaymentMethodId: card, idempotencyKey: ids.next() };
  const { stripePaymentMethodId } = await gateway.attachPaymentMethod(attach);
  await gateway.setDefaultPaymentMethod({
    stripeCustomerId,
    stripePaymentMethodId,
    idempotencyKey: ids.next(),
  });
}
