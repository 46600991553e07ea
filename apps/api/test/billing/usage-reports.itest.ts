import { differencesToTell, proveUsage } from '@metergate/core/payments/prove-usage/prove-usage';
import { reportUsage } from '@metergate/core/payments/report-usage/report-usage';
import type { ReportUsageDeps } from '@metergate/core/payments/report-usage/report-usage.ports';
import { countQueries, currentQueryCount, listDueUsageReports } from '@metergate/db';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { billUsageDeps } from '../../src/invoices/bill-usage-deps.ts';
import { createReportUsageJob } from '../../src/jobs/report-usage.job.ts';
import { type MeteredBilling, startMetered } from './start-metered.ts';

let billing: MeteredBilling;

beforeAll(async () => {
  billing = await startMetered();
}, 120_000);
afterEach(() => billing.emulator('DELETE', '/faults'));
afterAll(() => billing.stop());

/** Stripe may drop the keys of calls after a day; the emulator remembers them for ever unless told otherwise. */
async function forgetKeys(): Promise<void> {
  const { changes } = snapshotSchema.parse(await billing.emulator('GET', '/snapshot'));
  const kept = changes.filter(({ kind }) => kind !== 'idempotency');
  expect(kept.length).toBeLessThan(changes.length);
  await billing.emulator('POST', '/restore', { changes: kept });
}

const snapshotSchema = z.object({ changes: z.array(z.looseObject({ kind: z.string() })) });
const meterCall = 'POST /v1/billing/meter_events';
const hourS = 3_600;
const now = () => billing.container.clock.now();

function tick() {
  const { database, clock, log } = billing.container;
  const job = createReportUsageJob({ reporting: billUsageDeps(billing.container), database, clock, log });
  return job.run({ previousDueAt: null, dueAt: now() });
}

function due() {
  return listDueUsageReports(billing.container.database.worker, { at: now(), after: null, limit: 100 });
}

/** Until nobody is due any more: what has just been recorded is looked at twice, and a new meter when its hours close. */
async function lookAtAll(): Promise<void> {
  await billing.advance(2 * hourS);
  await billing.advance(hourS);
  expect(await due()).toEqual([]);
}

describe('usage that Stripe rates', () => {
  it('is told once per hour however often the hours are looked at', async () => {
    const id = await billing.customer('hourly');
    await billing.use('hourly', 'h-1', '4');
    await billing.advance(hourS);
    await billing.advance(hourS);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'sent', quantity: '4' }]);
    await billing.db.owner.query(`delete from schedule_runs where name = 'report-usage'`);
    await billing.advance(900);
    expect(await billing.reportsOf(id)).toHaveLength(1);
    expect(await billing.countedAtStripe(id)).toBe('4');
  }, 60_000);

  it('is asked for with two queries when none of fifty organizations has any, and of one alone after its usage', async () => {
    const id = await billing.customer('alone');
    await billing.db.owner.query(
      `insert into usage_report_looks (organization_id, meters, due_at)
       select gen_random_uuid(), '{lead_qualified}', $1::timestamptz + interval '10 years' from generate_series(1, 50)`,
      [now()],
    );
    await lookAtAll();
    let queries: number | undefined;
    const report = await countQueries('tick', async () => {
      const done = await tick();
      queries = currentQueryCount()?.count;
      return done;
    });
    expect([report, queries]).toEqual([{ reported: 0, again: 0 }, 2]);
    await billing.use('alone', 'alone-1', '4');
    expect(await due()).toEqual([]);
    billing.container.clock.moveTo(new Date(now().getTime() + hourS * 1000));
    expect(await due()).toEqual([id]);
    expect(await Promise.all([tick(), tick()])).toContainEqual({ reported: 1, again: 0 });
    await billing.settle();
    expect(await billing.reportsOf(id)).toEqual([{ status: 'sent', quantity: '4' }]);
  }, 60_000);

  it('is told of an earlier hour too when it arrives late, and once though a look dies before it is noted', async () => {
    const id = await billing.customer('late');
    await billing.use('late', 'late-1', '4');
    const earlier = now();
    await billing.advance(5 * hourS);
    await lookAtAll();
    await billing.useAt('late', earlier, { id: 'late-2', quantity: '2' });
    expect(await due()).toEqual([id]);
    const { unitOfWork, ...deps } = billUsageDeps(billing.container);
    const dying: ReportUsageDeps['unitOfWork'] = {
      run: (organizationId, work) =>
        unitOfWork.run(organizationId, async (tx) => {
          await work(tx);
          throw new Error('died');
        }),
    };
    const actor = { kind: 'job', name: 'test' } as const;
    const died = reportUsage({ ...deps, unitOfWork: dying }, { actor, organizationId: id });
    await expect(died).rejects.toThrow('died');
    expect(await due()).toEqual([id]);
    await billing.advance(900);
    await billing.advance(900);
    expect(await due()).toEqual([]);
    expect((await billing.reportsOf(id)).map(({ quantity }) => quantity)).toEqual(['4', '2']);
    expect(await billing.countedAtStripe(id)).toBe('6');
  }, 60_000);

  it('is told of the hour in which an own price ended, from that instant on', async () => {
    const id = await billing.customer('own-price');
    const ownPrice = await billing.db.owner.query(
      `insert into limit_overrides (organization_id, id, feature, unit_price, reason, created_by, created_at)
       values ($1, gen_random_uuid(), 'lead_qualified', '0.5', 'trial', 'test', $2) returning id`,
      [id, now()],
    );
    await lookAtAll();
    const { rows } = await billing.db.owner.query(
      'select meters from usage_report_looks where organization_id = $1',
      [id],
    );
    expect(rows).toEqual([{ meters: ['lead_qualified'] }]);
    await billing.use('own-price', 'own-1', '4');
    await billing.advance(hourS);
    await lookAtAll();
    expect(await billing.reportsOf(id)).toEqual([]);
    await billing.db.owner.query('update limit_overrides set ended_at = $2 where id = $1', [
      ownPrice.rows[0].id,
      now(),
    ]);
    billing.container.clock.moveTo(new Date(now().getTime() + 1000));
    await billing.use('own-price', 'own-2', '3');
    expect(await due()).toEqual([id]);
    await billing.advance(hourS);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'sent', quantity: '3' }]);
  }, 60_000);

  it('whose answer was lost is not told again when Stripe has forgotten its name', async () => {
    const id = await billing.customer('answer-lost');
    await billing.emulator('POST', '/faults', { api: [{ route: meterCall, kind: 'drop', when: 'after' }] });
    await billing.use('answer-lost', 'l-1', '5');
    await billing.advance(hourS);
    expect(await billing.reportsOf(id)).toEqual([{ status: 'pending', quantity: '5' }]);
    expect(await billing.countedAtStripe(id)).toBe('5');
    await billing.emulator('DELETE', '/faults');
    await forgetKeys();
    // The application was down for more than a day.
    await billing.advance(26 * hourS);
    expect(await billing.countedAtStripe(id)).toBe('5');
    expect(await billing.reportsOf(id)).toEqual([{ status: 'sent', quantity: '5' }]);
  }, 60_000);

  it('that never arrived is told once after an outage of more than a day', async () => {
    const id = await billing.customer('outage');
    await billing.emulator('POST', '/faults', { api: [{ route: meterCall, kind: 'drop', when: 'before' }] });
    await billing.use('outage', 'o-1', '6');
    await billing.advance(hourS);
    await billing.use('outage', 'o-2', '2');
    await billing.advance(26 * hourS);
    expect(await billing.countedAtStripe(id)).toBe('0');
    await billing.emulator('DELETE', '/faults');
    await billing.advance(900);
    expect(await billing.countedAtStripe(id)).toBe('8');
    expect((await billing.reportsOf(id)).map(({ status }) => status)).toEqual(['sent', 'sent']);
  }, 60_000);

  it('is never taken back at Stripe: what shrank is credited by an adjustment', async () => {
    const id = await billing.customer('corrected');
    await billing.use('corrected', 'c-1', '3');
    await billing.use('corrected', 'c-2', '4');
    await billing.advance(hourS);
    const body = { organization: 'corrected', reason: 'test data' };
    const voided = await billing.rest({
      method: 'POST',
      path: '/v1/usage-events/c-1/void',
      key: billing.key,
      body,
    });
    expect(voided.status).toBeLessThan(300);
    await billing.advance(900);
    expect(await billing.reportsOf(id)).toEqual([
      { status: 'sent', quantity: '7' },
      { status: 'withheld', quantity: '-3' },
    ]);
    expect(await billing.countedAtStripe(id)).toBe('7');
    await billing.advance(31 * 24 * hourS);
    await billing.advance(2 * hourS);
    const { rows } = await billing.db.owner.query(
      `select kind, trim_scale(quantity)::text as quantity, amount_minor::text as amount from usage_billings
        where organization_id = $1 order by sequence`,
      [id],
    );
    expect(rows).toEqual([
      { kind: 'final', quantity: '7', amount: '1400' },
      { kind: 'adjustment', quantity: '4', amount: '-600' },
    ]);
  }, 60_000);

  it('that does not agree with its billing is told at the second look, once, and again only after it agreed', async () => {
    const organizationId = await billing.customer('differs');
    await billing.use('differs', 'd-1', '3');
    // The invoice is final before the usage is told, so an adjustment is due that no invoice has yet.
    await billing.advance((31 * 24 + 2) * hourS);
    await billing.advance(2 * hourS);
    const actor = { kind: 'job', name: 'test' } as const;
    const look = async () =>
      differencesToTell(await proveUsage(billUsageDeps(billing.container), { actor, organizationId })).map(
        ({ meter }) => meter,
      );
    const falsify = (by: number) =>
      billing.db.owner.query(
        `update usage_billings set quantity = quantity + $2 where organization_id = $1 and sequence = 2`,
        [organizationId, by],
      );
    expect(await look()).toEqual([]);
    await falsify(1);
    expect([await look(), await look(), await look(), await look()]).toEqual([
      [],
      ['lead_qualified'],
      [],
      [],
    ]);
    await falsify(-1);
    expect(await look()).toEqual([]);
    const { rows } = await billing.db.owner.query(
      `select verdict, differences from usage_proofs where organization_id = $1 and meter = 'lead_qualified'`,
      [organizationId],
    );
    // Open until the adjustment is on an invoice.
    expect(rows).toEqual([{ verdict: 'open', differences: 0 }]);
  }, 60_000);
});
