import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling();
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'limits:check'])).key;
});
afterAll(() => billing.stop());

const voicePro = { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' };

function post(slug: string, path: string, body: unknown = {}) {
  return billing.rest({ method: 'POST', path: `/v1/organizations/${slug}/billing/${path}`, key, body });
}

async function subscribed(slug: string): Promise<{ organizationId: OrganizationId; id: string }> {
  const organizationId = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [organizationId]);
  const { json } = await post(slug, 'subscriptions', voicePro);
  return { organizationId, id: json.id };
}

async function subscriptionOf(slug: string) {
  const path = `/v1/organizations/${slug}/billing/subscriptions`;
  return (await billing.rest({ method: 'GET', path, key })).json.items[0];
}

async function stripeIdOf(organizationId: OrganizationId): Promise<string> {
  const { rows } = await billing.db.owner.query(
    `select stripe_subscription_id as id from subscriptions where organization_id = $1`,
    [organizationId],
  );
  return rows[0].id;
}

describe('pausing', () => {
  it('is one pause however often and from how many tabs it is asked for', async () => {
    const { organizationId, id } = await subscribed('pauses-twice');
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => post('pauses-twice', `subscriptions/${id}/pause`)),
    );
    for (const { status, json } of answers) {
      if (status !== 200) expect(json.error.code).toBe('PURCHASE_IN_PROGRESS');
    }
    expect((await post('pauses-twice', `subscriptions/${id}/pause`)).json.status).toBe('paused');
    const { rows } = await billing.db.owner.query(
      `select count(*)::int as count from audit_log
        where organization_id = $1 and action = 'subscription.pause_requested'`,
      [organizationId],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('keeps the family taken, offers nothing but resuming and ending, and says so', async () => {
    const { id } = await subscribed('pauses-only');
    const { json } = await post('pauses-only', `subscriptions/${id}/pause`);
    expect(json.can).toMatchObject({
      pause: { allowed: false },
      changePlan: { allowed: false, reason: 'Resume the subscription first.' },
      resume: { allowed: true },
      cancel: { allowed: true },
    });
    const second = await post('pauses-only', 'subscriptions', voicePro);
    expect([second.status, second.json.error.code]).toEqual([409, 'SUBSCRIPTION_EXISTS']);
    const quote = await post('pauses-only', 'quotes', { family: 'voice-ops', plan: 'business' });
    expect([quote.status, quote.json.error.code]).toEqual([409, 'CHANGE_NOT_POSSIBLE']);
    const check = await billing.rest({
      method: 'POST',
      path: '/v1/limits/check',
      key,
      body: { organization: 'pauses-only', feature: 'call', quantity: '1' },
    });
    expect(check.json).toMatchObject({
      reason: 'subscription_paused',
      message: 'The subscription is paused. Resume it to continue.',
    });
  });

  it.each([
    {
      state: 'ending',
      slug: 'pause-ending',
      prepare: (slug: string, id: string) => post(slug, `subscriptions/${id}/cancel`, { at: 'period_end' }),
      reason: 'The subscription is ending. Resume it first.',
    },
    {
      state: 'with a scheduled change',
      slug: 'pause-scheduled',
      prepare: async (slug: string) => {
        const up = await post(slug, 'quotes', { family: 'voice-ops', plan: 'business' });
        await post(slug, `quotes/${up.json.id}/accept`);
        const down = await post(slug, 'quotes', { family: 'voice-ops', plan: 'pro' });
        return post(slug, `quotes/${down.json.id}/accept`);
      },
      reason: 'A change is scheduled. Undo it first.',
    },
    {
      state: 'over',
      slug: 'pause-over',
      prepare: (slug: string, id: string) => post(slug, `subscriptions/${id}/cancel`, { at: 'now' }),
      reason: 'This subscription has ended already.',
    },
  ])('is refused for a subscription that is $state', async ({ slug, prepare, reason }) => {
    const { id } = await subscribed(slug);
    expect((await prepare(slug, id)).status).toBe(200);
    const refused = await post(slug, `subscriptions/${id}/pause`);
    expect([refused.status, refused.json.error.code, refused.json.error.message]).toEqual([
      409,
      'CHANGE_NOT_POSSIBLE',
      reason,
    ]);
  });

  it('ends at once when a paused subscription is canceled: no period runs that could be waited for', async () => {
    const { id } = await subscribed('pause-cancel');
    await post('pause-cancel', `subscriptions/${id}/pause`);
    expect((await post('pause-cancel', `subscriptions/${id}/cancel`)).json.status).toBe('canceled');
    expect((await post('pause-cancel', 'subscriptions', voicePro)).status).toBe(201);
  });

  it('is carried out later when Stripe is away', async () => {
    const { id } = await subscribed('pause-outage');
    await billing.emulator('POST', '/faults', { api: [{ kind: 'outage', when: 'before', probability: 1 }] });
    const queued = await post('pause-outage', `subscriptions/${id}/pause`);
    expect([queued.status, queued.json.queued, queued.json.status]).toEqual([202, true, 'active']);
    await billing.emulator('DELETE', '/faults');
    await billing.db.owner.query(`update outbox set next_attempt_at = now() - interval '1 minute'`);
    await billing.settle();
    await billing.settle();
    expect(await subscriptionOf('pause-outage')).toMatchObject({ status: 'paused', access: 'suspended' });
  });

  it('is mirrored when somebody pauses and resumes directly at Stripe', async () => {
    const { organizationId } = await subscribed('pause-at-stripe');
    const stripeId = await stripeIdOf(organizationId);
    const atStripe = (action: string) =>
      fetch(`${billing.emulatorUrl}/v1/subscriptions/${stripeId}/${action}`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_emulator' },
      });
    expect((await atStripe('pause')).status).toBe(200);
    await billing.settle();
    expect(await subscriptionOf('pause-at-stripe')).toMatchObject({ status: 'paused', access: 'suspended' });
    expect((await atStripe('resume')).status).toBe(200);
    await billing.settle();
    expect(await subscriptionOf('pause-at-stripe')).toMatchObject({ status: 'active', pausedAt: null });
  });

  it('belongs to those who may buy', async () => {
    const owner = await billing.signUp('pause-owner@example.test');
    const member = await billing.signUp('pause-member@example.test');
    const { organizationId, id } = await subscribed('pause-roles');
    await billing.db.owner.query(
      `insert into members (organization_id, user_id, role) values ($1, $2, 'owner'), ($1, $3, 'member')`,
      [organizationId, owner.userId, member.userId],
    );
    const pause = (cookie: string) =>
      billing.trpc({
        path: 'subscriptions.pause',
        type: 'mutation',
        input: { organization: 'pause-roles', subscriptionId: id, reason: 'quiet season' },
        cookie,
      });
    expect((await pause(member.cookie)).status).toBe(403);
    expect((await pause(owner.cookie)).json.result.data.status).toBe('paused');
  });
});
