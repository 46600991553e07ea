import type { OrganizationId } from '@metergate/core';
import { differencesToTell, proveUsage } from '@metergate/core/payments/prove-usage/prove-usage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { billUsageDeps } from '../../src/invoices/bill-usage-deps.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  key = (await billing.addApiKey(['billing:read', 'billing:write', 'usage:write', 'usage:correct'])).key;
}, 120_000);
afterEach(() => billing.emulator('DELETE', '/faults'));
afterAll(() => billing.stop());

async function customer(slug: string): Promise<OrganizationId> {
  const id = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const body = { family: 'agent-leads', plan: 'growth', paymentMethod: 'pm_card_visa' };
  const path = `/v1/organizations/${slug}/billing/subscriptions`;
  expect((await billing.rest({ method: 'POST', path, key, body })).status).toBe(201);
  await billing.settle();
  return id;
}

async function use(organization: string, id: string, quantity: string): Promise<void> {
  const occurredAt = billing.container.clock.now().toISOString();
  const events = [{ id, organization, meter: 'lead_qualified', quantity, occurredAt }];
  const answer = await billing.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } });
  expect(answer.json.accepted).toBe(1);
}

async function advance(seconds: number): Promise<void> {
  const body = { advanceSeconds: seconds };
  expect((await billing.rest({ method: 'POST', path: '/test/clock', body })).status).toBe(200);
  await billing.settle();
}

async function reportsOf(id: OrganizationId) {
  const { rows } = await billing.db.owner.query(
    `select status, trim_scale(quantity)::text as quantity from usage_reports
      where organization_id = $1 order by bucket_start, id`,
    [id],
  );
  return rows;
}

/** What the meter at Stripe has counted for the organization. */
async function countedAtStripe(id: OrganizationId): Promise<string> {
  const { rows } = await billing.db.owner.query(
    'select stripe_customer_id from organizations where id = $1',
    [id],
  );
  const hour = 3_600_000;
  const nowMs = billing.container.clock.now().getTime();
  return billing.container.gateway.readMeterTotal({
    eventName: 'lead_qualified',
    stripeCustomerId: rows[0].stripe_customer_id,
    period: { start: new Date(nowMs - 40 * 24 * hour), end: new Date(nowMs + hour) },
  });
}

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

describe('usage that Stripe rates', () => {
  it('is told once per hour however often the hours are looked at', async () => {
    const id = await customer('hourly');
    await use('hourly', 'h-1', '4');
    await advance(hourS);
    await advance(hourS);
    expect(await reportsOf(id)).toEqual([{ status: 'sent', quantity: '4' }]);
    await billing.db.owner.query(`delete from schedule_runs where name = 'report-usage'`);
    await advance(900);
    expect(await reportsOf(id)).toHaveLength(1);
    expect(await countedAtStripe(id)).toBe('4');
  }, 60_000);

  it('whose answer was lost is not told again when Stripe has forgotten its name', async () => {
    const id = await customer('answer-lost');
    await billing.emulator('POST', '/faults', { api: [{ route: meterCall, kind: 'drop', when: 'after' }] });
    await use('answer-lost', 'l-1', '5');
    await advance(hourS);
    expect(await reportsOf(id)).toEqual([{ status: 'pending', quantity: '5' }]);
    expect(await countedAtStripe(id)).toBe('5');
    await billing.emulator('DELETE', '/faults');
    await forgetKeys();
    // The application was down for more than a day.
    await advance(26 * hourS);
    expect(await countedAtStripe(id)).toBe('5');
    expect(await reportsOf(id)).toEqual([{ status: 'sent', quantity: '5' }]);
  }, 60_000);

  it('that never arrived is told once after an outage of more than a day', async () => {
    const id = await customer('outage');
    await billing.emulator('POST', '/faults', { api: [{ route: meterCall, kind: 'drop', when: 'before' }] });
    await use('outage', 'o-1', '6');
    await advance(hourS);
    await use('outage', 'o-2', '2');
    await advance(26 * hourS);
    expect(await countedAtStripe(id)).toBe('0');
    await billing.emulator('DELETE', '/faults');
    await advance(900);
    expect(await countedAtStripe(id)).toBe('8');
    expect((await reportsOf(id)).map(({ status }) => status)).toEqual(['sent', 'sent']);
  }, 60_000);

  it('is never taken back at Stripe: what shrank is credited by an adjustment', async () => {
    const id = await customer('corrected');
    await use('corrected', 'c-1', '3');
    await use('corrected', 'c-2', '4');
    await advance(hourS);
    const body = { organization: 'corrected', reason: 'test data' };
    const voided = await billing.rest({ method: 'POST', path: '/v1/usage-events/c-1/void', key, body });
    expect(voided.status).toBeLessThan(300);
    await advance(900);
    expect(await reportsOf(id)).toEqual([
      { status: 'sent', quantity: '7' },
      { status: 'withheld', quantity: '-3' },
    ]);
    expect(await countedAtStripe(id)).toBe('7');
    await advance(31 * 24 * hourS);
    await advance(2 * hourS);
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
    const organizationId = await customer('differs');
    await use('differs', 'd-1', '3');
    // The invoice is final before the usage is told, so an adjustment is due that no invoice has yet.
    await advance((31 * 24 + 2) * hourS);
    await advance(2 * hourS);
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
