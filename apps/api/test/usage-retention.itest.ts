import type { OrganizationId } from '@metergate/core';
import { retireUsage } from '@metergate/core/usage/retention/retire-usage';
import { rebuildProjections } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
const dayMs = 86_400_000;

beforeAll(async () => {
  api = await startTestApi({ USAGE_RETENTION_MONTHS: '12', TEST_SEAMS: '1' });
  const scopes = ['usage:write', 'usage:backfill', 'usage:correct', 'usage:read', 'limits:consume'] as const;
  ({ key } = await api.addApiKey(scopes));
});
afterAll(() => api.stop());

const daysAgo = (days: number, ms = 0) =>
  new Date(api.container.clock.now().getTime() - days * dayMs + ms).toISOString();
const post = (path: string, body: object) => api.rest({ method: 'POST', path, key, body });
const record = async (organization: string, events: object[]) => {
  const whole = events.map((event) => ({ organization, meter: 'execution', quantity: '1', ...event }));
  return (await post('/v1/usage-events', { events: whole })).json;
};
const run = (organizationId: OrganizationId, dryRun = false, months = 12) =>
  retireUsage(
    {
      clock: api.container.clock,
      unitOfWork: api.container.unitOfWork,
      meters: [...api.container.catalog.values()].flatMap(({ meters }) => meters),
    },
    { actor: { kind: 'job', name: 'test' }, organizationId, months, dryRun },
  );
const stored = async (organizationId: OrganizationId) => {
  const { rows } = await api.db.owner.query(
    `select (select count(*)::int from usage_events where organization_id = $1) as events,
            (select count(*)::int from retired_usage_events where organization_id = $1) as retired,
            (select coalesce(sum(quantity), 0)::float from usage_buckets where organization_id = $1) as total,
            (select count(*)::int from audit_log where organization_id = $1 and action = 'usage_events.retired') as audited`,
    [organizationId],
  );
  return rows[0];
};
const differences = async () =>
  (await rebuildProjections({ ownerUrl: api.db.ownerUrl, write: false })).different;

describe('retention of usage', () => {
  it('takes old events away, and keeps their ids, their sums and what is younger', async () => {
    const acme = await api.addOrganization('acme');
    const old = { id: 'old', occurredAt: daysAgo(400), quantity: '2.5' };
    await record('acme', [old, { id: 'young', occurredAt: daysAgo(300) }]);
    await post('/v1/usage-events/old/amend', { organization: 'acme', quantity: '4', reason: 'was wrong' });
    const dry = await run(acme, true);
    expect(dry.filter(({ count }) => count > 0)).toEqual([{ meter: 'execution', count: 2, heldFrom: null }]);
    expect(await stored(acme)).toEqual({ events: 3, retired: 0, total: 5, audited: 0 });

    await api.container.drainUntilIdle();
    expect(await stored(acme)).toEqual({ events: 1, retired: 2, total: 5, audited: 1 });
    expect(await run(acme)).toEqual([]);
    expect(await differences()).toBe(0);

    expect((await record('acme', [old])).results[0].status).toBe('duplicate');
    const other = (await record('acme', [{ ...old, quantity: '3' }])).results[0];
    expect(other).toMatchObject({ status: 'rejected', code: 'USAGE_EVENT_ID_REUSED', httpStatus: 409 });
    const consumed = { organization: 'acme', feature: 'execution', quantity: '1', id: 'old' };
    expect((await post('/v1/limits/consume', consumed)).json.error.code).toBe('USAGE_EVENT_ID_REUSED');
    const late = await post('/v1/usage-events/old/void', { organization: 'acme', reason: 'too late' });
    expect([late.status, late.json.error.code]).toEqual([409, 'USAGE_EVENT_RETIRED']);
    expect((await stored(acme)).total).toBe(5);

    const span = `meter=execution&from=${daysAgo(410)}&to=${daysAgo(390)}`;
    const path = '/v1/organizations/acme/usage/parts';
    expect((await api.rest({ method: 'GET', path: `${path}?${span}`, key })).json).toMatchObject({
      total: '4',
      parts: [{ part: 'retired', count: 1, adds: '4' }],
    });
  });

  it('rebuilds sums of which a part is gone, and counts what comes later into such a quarter of an hour', async () => {
    const acme = await api.addOrganization('rebuilt');
    const base = new Date(Math.floor(Date.parse(daysAgo(420)) / 900_000) * 900_000).getTime();
    const at = (ms: number) => new Date(base + ms).toISOString();
    await record('rebuilt', [
      { id: 'a', occurredAt: at(1_000), quantity: '7' },
      { id: 'b', occurredAt: at(2_000), quantity: '2' },
    ]);
    await run(acme);
    await record('rebuilt', [{ id: 'c', occurredAt: at(3_000), quantity: '3' }]);
    await api.db.owner.query(
      `update usage_buckets set quantity = 99, event_count = 9 where organization_id = $1`,
      [acme],
    );
    const repaired = await rebuildProjections({ ownerUrl: api.db.ownerUrl, write: true });
    expect(repaired).toMatchObject({ different: 1, examples: [{ stored: '99.000000000000' }] });
    const { rows } = await api.db.owner.query(
      `select quantity::float, event_count::int as events, max_quantity::float as max, retired_count::int as retired
         from usage_buckets where organization_id = $1`,
      [acme],
    );
    expect(rows).toEqual([{ quantity: 12, events: 3, max: 7, retired: 2 }]);
    expect(await differences()).toBe(0);
  });

  it.each([
    ['a case is open', openCase, 0],
    ['an invoice of it is not finished', unfinishedBilling, 1],
    ['its report to Stripe is under way', pendingReport, 1],
    ['a correction has reopened it', openReopening, 1],
    ['a message to Stripe was given up', deadMessage, 0],
    ['nobody has looked at its bills yet', subscribed, 0],
    ['its bills were last looked at 430 days ago', lookedAtLongAgo, 1],
  ])('keeps what is needed because %s', async (name, need, gone) => {
    const slug = name.replaceAll(/[^a-z]/g, '').slice(0, 20);
    const acme = await api.addOrganization(slug);
    await record(slug, [
      { id: 'oldest', occurredAt: daysAgo(500) },
      { id: 'needed', occurredAt: daysAgo(450) },
    ]);
    await need(acme, daysAgo(460));
    expect((await run(acme)).reduce((sum, { count }) => sum + count, 0)).toBe(gone);
    expect((await stored(acme)).retired).toBe(gone);
  });

  it('keeps the quarter of an hour in which a period begins, and shows before that it will', async () => {
    const acme = await api.addOrganization('edges');
    const edge = new Date(Math.floor(Date.parse(daysAgo(450)) / 900_000) * 900_000 + 450_000);
    const at = (ms: number) => new Date(edge.getTime() + ms).toISOString();
    await record('edges', [
      { id: 'before', occurredAt: at(-451_000) },
      { id: 'last', occurredAt: at(-1_000) },
      { id: 'first', occurredAt: at(1_000) },
      { id: 'after', occurredAt: at(451_000) },
    ]);
    await subscribed(acme);
    await lookedAt(acme, daysAgo(0));
    await api.db.owner.query('update subscriptions set created_at = $2 where organization_id = $1', [
      acme,
      edge,
    ]);
    const shown = await run(acme, true);
    expect(shown.map(({ count }) => count).filter(Boolean)).toEqual([2]);
    expect((await run(acme)).map(({ count }) => count)).toEqual([2]);
    expect((await run(acme, true)).filter(({ count }) => count > 0)).toEqual([]);
    expect(await stored(acme)).toMatchObject({ events: 2, retired: 2, total: 4 });
  });

  it('never accepts an id twice while its event is being retired', async () => {
    const acme = await api.addOrganization('raced');
    const events = Array.from({ length: 300 }, (_, n) => ({ id: `r${n}`, occurredAt: daysAgo(401, n) }));
    expect((await record('raced', events)).accepted).toBe(300);
    const again = Array.from({ length: 12 }, () => record('raced', events));
    const [answers] = await Promise.all([Promise.all(again), run(acme)]);
    expect(answers.map(({ duplicates }) => duplicates)).toEqual(Array(12).fill(300));
    expect(await stored(acme)).toMatchObject({ events: 0, retired: 300, total: 300 });
  });

  it('refuses less than four months, and is not reachable by deleting', async () => {
    const acme = await api.addOrganization('short');
    await expect(run(acme, false, 3)).rejects.toMatchObject({ code: 'RETENTION_TOO_SHORT' });
    const forged = `begin; set local app.retiring_usage = 'on'; delete from usage_events`;
    await expect(api.container.database.ingest.query(forged)).rejects.toThrow(/permission denied/);
  });
});

async function openCase(organizationId: OrganizationId): Promise<void> {
  await api.db.owner.query(
    `insert into disputes (organization_id, id, invoice_id, line_id, reason, opened_by, opened_at)
     values ($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'why', 'owner', now())`,
    [organizationId],
  );
}

async function unfinishedBilling(organizationId: OrganizationId, from: string): Promise<void> {
  await api.db.owner.query(
    `insert into usage_billings (organization_id, id, subscription_id, feature, period_start, period_end, sequence,
       kind, status, price_key, quantity, amount_minor, currency, description, explanation)
     values ($1, gen_random_uuid(), gen_random_uuid(), 'execution', $2, $2::timestamptz + interval '30 days', 1,
       'final', 'planned', 'p', 1, 1, 'EUR', 'd', '{}')`,
    [organizationId, from],
  );
}

async function pendingReport(organizationId: OrganizationId, from: string): Promise<void> {
  await api.db.owner.query(
    `insert into usage_reports (organization_id, id, meter, bucket_start, bucket_end, quantity, identifier)
     values ($1, gen_random_uuid(), 'execution', $2, $2::timestamptz + interval '1 hour', 1, 'r')`,
    [organizationId, from],
  );
}

/** A subscription whose running period holds nothing old, and old usage that has reopened nothing. */
async function subscribed(organizationId: OrganizationId): Promise<void> {
  await api.db.owner.query('delete from usage_reopenings where organization_id = $1', [organizationId]);
  await api.db.owner.query(
    `insert into subscriptions (organization_id, id, family, plan, plan_version, interval, currency, status,
       stripe_subscription_id, billing_anchor, current_period_start, current_period_end, stripe_synced_at)
     values ($1, gen_random_uuid(), 'agent-studio', 'pro', 1, 'month', 'USD', 'active', 'sub_1', $2, $2, $3, $2)`,
    [organizationId, daysAgo(10), daysAgo(-20)],
  );
}

async function lookedAt(organizationId: OrganizationId, at: string): Promise<void> {
  await api.db.owner.query(
    `insert into usage_billing_looks (organization_id, number, looked_at, closed_until, due_at) values ($1, 1, $2, $2, $2)`,
    [organizationId, at],
  );
}

/** Two months before the last look everything was decided, and no later. */
async function lookedAtLongAgo(organizationId: OrganizationId): Promise<void> {
  await subscribed(organizationId);
  await lookedAt(organizationId, daysAgo(430));
}

async function openReopening(organizationId: OrganizationId, from: string): Promise<void> {
  await subscribed(organizationId);
  await lookedAt(organizationId, daysAgo(0));
  await api.db.owner.query(
    `insert into usage_reopenings (organization_id, id, occurred_from, noted_at)
     values ($1, gen_random_uuid(), $2, now())`,
    [organizationId, from],
  );
}

async function deadMessage(organizationId: OrganizationId): Promise<void> {
  await api.db.owner.query(
    `insert into outbox (organization_id, id, kind, payload, idempotency_key, status, next_attempt_at)
     values ($1, gen_random_uuid(), 'stripe.meter_event', '{}', 'k', 'dead', now())`,
    [organizationId],
  );
}
