import type { OrganizationId } from '@metergate/core';
import { syncFromStripe } from '@metergate/core/payments/sync-organization';
import { everything } from '@metergate/core/payments/sync-scope';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;
let organizationId: OrganizationId;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  ({ key } = await billing.addApiKey([
    'organizations:write',
    'billing:read',
    'billing:write',
    'limits:consume',
    'limits:check',
  ]));
  await billing.emulator('POST', '/clock', { now: '2027-04-01T00:00:00Z', frozen: true });
  await goTo('2027-04-01T00:00:00Z');
  const body = { name: 'Acme', externalId: 'acme', email: 'acme@example.test', currency: 'EUR' };
  await billing.rest({ method: 'POST', path: '/v1/organizations', key, body });
  const { rows } = await billing.db.owner.query(`select id from organizations where external_id = 'acme'`);
  organizationId = rows[0].id;
}, 60_000);
afterAll(() => billing.stop());

async function goTo(instant: string): Promise<void> {
  await billing.rest({ method: 'POST', path: '/test/clock', body: { now: instant } });
  await billing.settle();
}

async function own(method: string, path: string, body?: unknown) {
  const call = { method, path: `/v1/organizations/acme/${path}`, key, ...(body ? { body } : {}) };
  const answer = await billing.rest(call);
  await billing.settle();
  return answer;
}

/** What has been told since the last look, as a set in which order does not count. */
async function told(): Promise<string[]> {
  const { rows } = await billing.db.owner.query<{ type: string }>(
    `select type from webhook_messages where organization_id = $1 order by type, sequence`,
    [organizationId],
  );
  await billing.db.owner.query('delete from webhook_messages');
  return rows.map(({ type }) => type);
}

async function lastData(type: string) {
  const { rows } = await billing.db.owner.query(
    `select data from webhook_messages where type = $1 order by sequence desc limit 1`,
    [type],
  );
  return rows[0]?.data;
}

const consume = (id: string) =>
  billing.rest({
    method: 'POST',
    path: '/v1/limits/consume',
    key,
    body: { organization: 'acme', feature: 'lead_qualified', quantity: '60', id },
  });

test('a purchase tells that a subscription began, what is due and paid, and that rights are different', async () => {
  const wish = { family: 'agent-leads', plan: 'starter', paymentMethod: 'pm_card_visa' };
  expect((await own('POST', 'billing/subscriptions', wish)).status).toBe(201);
  expect(await lastData('subscription.activated')).toMatchObject({
    subscription: { family: 'agent-leads', plan: 'starter', status: 'active', access: 'full' },
  });
  expect(await lastData('invoice.paid')).toMatchObject({
    invoice: { totalMinor: '2900', amountPaidMinor: '2900', currency: 'EUR', status: 'paid' },
  });
  expect(await told()).toEqual([
    'entitlements.changed',
    'invoice.finalized',
    'invoice.paid',
    'subscription.activated',
  ]);
});

test('reading the same state again tells nothing', async () => {
  const { sync } = billing.container.background;
  const actor = { kind: 'job', name: 'test' } as const;
  await syncFromStripe(sync, { organizationId, actor, scope: everything });
  expect(await told()).toEqual([]);
});

test('a limit tells its threshold and its first refusal, not every refusal', async () => {
  expect((await consume('one')).status).toBe(200);
  for (const id of ['two', 'three', 'four']) expect((await consume(id)).status).toBe(402);
  const check = { organization: 'acme', feature: 'lead_qualified', quantity: '60' };
  await billing.rest({ method: 'POST', path: '/v1/limits/check', key, body: check });
  await billing.rest({
    method: 'POST',
    path: '/v1/limits/consume',
    key,
    body: { ...check, quantity: '25', id: 'to 85' },
  });
  await billing.settle();
  expect(await lastData('limit.blocked')).toMatchObject({
    feature: 'lead_qualified',
    reason: 'limit_reached',
    used: '60',
    limit: '100',
    requested: '60',
    periodStart: '2027-04-01T00:00:00.000Z',
  });
  expect(await lastData('usage.threshold_reached')).toMatchObject({ threshold: 80, used: '85' });
  expect(await told()).toEqual(['limit.blocked', 'usage.threshold_reached']);
});

test('a failed payment tells the attempt, the grace period and the pause; the payment tells the way back', async () => {
  await goTo('2027-04-20T12:00:00Z');
  await own('POST', 'billing/payment-methods', { paymentMethod: 'pm_card_chargeCustomerFail' });
  await told();
  await goTo('2027-05-01T02:00:00Z');
  expect(await told()).toEqual([
    'entitlements.changed',
    'invoice.finalized',
    'invoice.payment_failed',
    'processing.paused',
    'subscription.past_due',
  ]);
  await own('POST', 'billing/payment-methods', { paymentMethod: 'pm_card_visa' });
  const open = await own('GET', 'billing/invoices?status=open');
  await own('POST', `billing/invoices/${open.json.items[0].id}/pay`);
  expect(await told()).toEqual([
    'entitlements.changed',
    'invoice.paid',
    'processing.resumed',
    'subscription.activated',
  ]);
});

test('a planned end, taking it back, and the end itself are told', async () => {
  const { json } = await own('GET', 'billing/subscriptions');
  const { id } = json.items[0];
  await own('POST', `billing/subscriptions/${id}/cancel`, { at: 'period_end' });
  expect(await told()).toEqual(['subscription.changed']);
  await own('POST', `billing/subscriptions/${id}/resume`);
  expect(await told()).toEqual(['subscription.changed']);
  await own('POST', `billing/subscriptions/${id}/cancel`, { at: 'now' });
  const types = await told();
  expect(types).toContain('subscription.canceled');
  expect(types).toContain('entitlements.changed');
  expect(types).not.toContain('processing.paused');
});

test('staff who suspend an organization pause it, and clients change its rights', async () => {
  const client = await own('POST', 'clients', { name: 'One', externalId: 'one' });
  expect(client.status).toBe(201);
  expect(await told()).toEqual(['entitlements.changed']);
  const staff = await billing.signUp('ops@metergate.test', 'billing_ops');
  for (const [action, type] of [
    ['suspend', 'processing.paused'],
    ['restore', 'processing.resumed'],
  ] as const) {
    const answer = await billing.trpc({
      path: `admin.organizations.${action}`,
      type: 'mutation',
      input: { organization: 'acme', reason: 'a test' },
      cookie: staff.cookie,
    });
    expect(answer.status, answer.text).toBe(200);
    expect(await told()).toEqual(['entitlements.changed', type]);
  }
});

test('an exception that ends by its date is told once, although nobody did anything', async () => {
  const until = new Date(billing.container.clock.now().getTime() + 3_600_000);
  await billing.db.owner.query(
    `insert into limit_overrides (id, organization_id, feature, limit_quantity, reason, created_by, expires_at)
     values (gen_random_uuid(), $1, 'lead_qualified', 7, 'for a while', 'staff', $2)`,
    [organizationId, until],
  );
  await told();
  await goTo(new Date(until.getTime() - 600_000).toISOString());
  expect(await told()).not.toContain('entitlements.changed');
  await goTo(new Date(until.getTime() + 120_000).toISOString());
  expect(await lastData('entitlements.changed')).toEqual({
    reason: 'limit_override',
    feature: 'lead_qualified',
  });
  expect(await told()).toEqual(['entitlements.changed']);
  await goTo(new Date(until.getTime() + 600_000).toISOString());
  expect(await told()).toEqual([]);
  const { rows } = await billing.db.owner.query(
    `select (select count(*)::int from audit_log where action = 'limit_override.expired') as audited,
            ended_at = expires_at as "isAsOfItsDate"
       from limit_overrides where feature = 'lead_qualified'`,
  );
  expect(rows).toEqual([{ audited: 1, isAsOfItsDate: true }]);
});
