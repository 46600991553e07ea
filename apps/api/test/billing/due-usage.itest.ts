import type { OrganizationId } from '@metergate/core';
import { billDueUsage } from '@metergate/core/payments/prove-usage/bill-due-usage';
import { countQueries, currentQueryCount, listDueUsageBilling } from '@metergate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billUsageDeps } from '../../src/invoices/bill-usage-deps.ts';
import { createBillUsageJob } from '../../src/jobs/bill-usage.job.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

const dayS = 86_400;
const actor = { kind: 'job', name: 'test' } as const;
let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  const scopes = ['billing:read', 'billing:write', 'usage:write', 'usage:correct', 'usage:backfill'] as const;
  key = (await billing.addApiKey([...scopes])).key;
}, 120_000);
afterAll(() => billing.stop());

async function customer(slug: string, family = 'voice-words', plan = 'basic'): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const body = { family, plan, paymentMethod: 'pm_card_visa' };
  const buy = () => post(`/v1/organizations/${slug}/billing/subscriptions`, body);
  // A busy machine may turn the first request away.
  await expect.poll(async () => (await buy()).status, { timeout: 10_000 }).toBe(201);
  await billing.settle();
  return id;
}

function post(path: string, body: unknown) {
  return billing.rest({ method: 'POST', path, key, body });
}

async function use(organization: string, event: { id: string; quantity: string; at: Date }): Promise<void> {
  const { at, id, quantity } = event;
  const events = [{ id, organization, meter: 'stt_words', quantity, occurredAt: at.toISOString() }];
  expect((await post('/v1/usage-events', { events })).json.accepted).toBe(1);
}

async function advance(seconds: number): Promise<void> {
  expect((await post('/test/clock', { advanceSeconds: seconds })).status).toBe(200);
  await billing.settle();
}

function job() {
  const { container } = billing;
  const { database, clock, log } = container;
  return createBillUsageJob({ billing: billUsageDeps(container), database, clock, log });
}

function tick() {
  const { clock } = billing.container;
  return job().run({ previousDueAt: null, dueAt: clock.now() });
}

/** Until nobody is due any more: what a tick leaves to be looked at again comes within two hours. */
async function lookAtAll(): Promise<void> {
  await tick();
  await advance(4_000);
  await advance(1_000);
  expect(await due()).toEqual([]);
}

function due(): Promise<OrganizationId[]> {
  const at = billing.container.clock.now();
  return listDueUsageBilling(billing.container.database.worker, { at, after: null, limit: 1000 });
}

async function amounts(id: OrganizationId): Promise<string[]> {
  const { rows } = await billing.db.owner.query(
    `select kind || ' ' || amount_minor as text from usage_billings
      where organization_id = $1 and feature = 'stt_words' order by period_start, sequence`,
    [id],
  );
  return rows.map(({ text }) => text);
}

async function usageInvoices(id: OrganizationId): Promise<number> {
  const { rows } = await billing.db.owner.query(
    `select count(*)::int as count from invoices where organization_id = $1 and billing_reason = 'manual'`,
    [id],
  );
  return rows[0].count;
}

const now = () => billing.container.clock.now();
const ago = (seconds: number) => new Date(now().getTime() - seconds * 1000);

describe('usage that is due', () => {
  it('is found with one query when nobody of a thousand organizations is due', async () => {
    await billing.db.owner.query(
      `insert into usage_billing_looks (organization_id, number, looked_at, closed_until, due_at)
       select gen_random_uuid(), 1, $1, $1, $1::timestamptz + interval '10 years' from generate_series(1, 1000)`,
      [now()],
    );
    let queries: number | undefined;
    const report = await countQueries('tick', async () => {
      const done = await tick();
      queries = currentQueryCount()?.count;
      return done;
    });
    expect([report, queries]).toEqual([{ looked: 0, invoiced: 0 }, 1]);
  }, 60_000);

  it('of every month is billed after eighty-five days without a scheduler, by three that start at once', async () => {
    const id = await customer('days-off');
    await lookAtAll();
    await use('days-off', { id: 'first', quantity: '2000', at: now() });
    const skipped = await billing.rest({ method: 'POST', path: '/test/clock', body: { advanceSeconds: 1 } });
    expect(skipped.status).toBe(200);
    await billing.emulator('POST', '/clock', {
      now: new Date(now().getTime() + 85 * dayS * 1000).toISOString(),
    });
    billing.container.clock.moveTo(new Date(now().getTime() + 85 * dayS * 1000));
    await Promise.all([tick(), tick(), tick()]);
    await billing.settle();
    await tick();
    expect(await amounts(id)).toEqual(['final 200', 'final 0']);
    expect(await usageInvoices(id)).toBe(1);
  }, 90_000);

  it('is found by itself, once, when it came late, was taken back or filled in after its month was closed', async () => {
    const id = await customer('changes');
    await use('changes', { id: 'used', quantity: '2000', at: now() });
    await advance(34 * dayS);
    await lookAtAll();
    await use('changes', { id: 'running', quantity: '1', at: now() });
    expect([await due(), await amounts(id)]).toEqual([[], ['final 200']]);
    const adjustedBy = async (change: Promise<unknown>) => {
      await change;
      expect(await due()).toEqual([id]);
      await Promise.all([tick(), tick()]);
      await lookAtAll();
      return (await amounts(id)).slice(1);
    };
    const late = use('changes', { id: 'late', quantity: '500', at: ago(10 * dayS) });
    expect(await adjustedBy(late)).toEqual(['adjustment 50']);
    const voided = post('/v1/usage-events/used/void', { organization: 'changes', reason: 'counted twice' });
    expect(await adjustedBy(voided)).toEqual(['adjustment 50', 'adjustment -200']);
    const occurredAt = ago(20 * dayS).toISOString();
    const filled = post('/v1/usage-backfills', {
      organization: 'changes',
      reason: 'a lost day',
      events: [{ id: 'filled', meter: 'stt_words', quantity: '1000', occurredAt }],
    });
    expect(await adjustedBy(filled)).toEqual(['adjustment 50', 'adjustment -200', 'adjustment 100']);
  }, 90_000);

  it('of any age reaches its month by the ordinary intake too, where the key may fill in the past', async () => {
    const id = await customer('ancient');
    await lookAtAll();
    await use('ancient', { id: 'a-1', quantity: '2000', at: now() });
    const first = now();
    await advance(85 * dayS);
    await tick();
    expect((await amounts(id))[0]).toBe('final 200');
    await use('ancient', { id: 'a-2', quantity: '1000', at: first });
    await tick();
    expect((await amounts(id)).slice(0, 2)).toEqual(['final 200', 'adjustment 100']);
  }, 90_000);

  it('that arrives while somebody looks is looked at again', async () => {
    const id = await customer('meanwhile');
    await use('meanwhile', { id: 'w-1', quantity: '2000', at: now() });
    await advance(34 * dayS);
    await lookAtAll();
    const { unitOfWork } = billing.container;
    const begun = await unitOfWork.run(id, (tx) => tx.usageLooks.begin(id));
    await use('meanwhile', { id: 'w-2', quantity: '1000', at: ago(10 * dayS) });
    const look = { ...begun, lookedAt: now(), closedUntil: begun.closedUntil ?? now(), dueAt: null };
    expect(await unitOfWork.run(id, (tx) => tx.usageLooks.finish(id, look))).toBe(true);
    expect(await due()).toEqual([id]);
    // A look that began before another one was finished must not take its place.
    expect(await unitOfWork.run(id, (tx) => tx.usageLooks.finish(id, look))).toBe(false);
    expect(await due()).toEqual([id]);
    await tick();
    expect(await amounts(id)).toEqual(['final 200', 'adjustment 100']);
  }, 90_000);

  it('stays due while Stripe does not answer', async () => {
    const id = await customer('unanswered');
    await lookAtAll();
    await use('unanswered', { id: 'u-1', quantity: '2000', at: now() });
    const fault = { route: 'POST /v1/invoices', kind: 'error_500', when: 'before' };
    await billing.emulator('POST', '/faults', { api: [fault] });
    await advance(31 * dayS + 7_200);
    expect(await usageInvoices(id)).toBe(0);
    expect(await due()).toContain(id);
    await expect(
      billDueUsage(billUsageDeps(billing.container), { actor, organizationId: id }),
    ).rejects.toThrow();
    expect(await due()).toContain(id);
    await billing.emulator('DELETE', '/faults');
    await advance(1_800);
    expect([await amounts(id), await usageInvoices(id)]).toEqual([['final 200'], 1]);
  }, 90_000);
});
