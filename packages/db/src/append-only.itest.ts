import { asId, FixedClock } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow, platformRows, sampleIds, sampleRows } from '../test/sample-rows.ts';
import { createIdSource } from './ids.ts';
import { createUnitOfWork } from './unit-of-work.ts';

let db: TestDatabase;
const organizationId = sampleIds(1).organization;

beforeAll(async () => {
  db = await createTestDatabase();
  for (const [table, row] of [...platformRows, ...sampleRows(1)]) await insertRow(db.owner, table, row);
});
afterAll(() => db.dispose());

const appendOnly = [
  { table: 'audit_log', change: "action = 'x'" },
  { table: 'usage_events', change: "meter = 'x'" },
  { table: 'usage_statements', change: 'total_minor = 99' },
  { table: 'gauge_changes', change: "feature = 'x'" },
  { table: 'cost_days', change: 'usage_minor = 99' },
];

test.each(appendOnly)('the application can neither update, delete nor truncate $table', async (sample) => {
  const { table, change } = sample;
  for (const statement of [`update ${table} set ${change}`, `delete from ${table}`, `truncate ${table}`]) {
    await expect(asApplication(statement)).rejects.toThrow(/permission denied/);
  }
});

test.each(appendOnly)('even the owner can neither update, delete nor truncate $table', async (sample) => {
  const { table, change } = sample;
  for (const statement of [`update ${table} set ${change}`, `delete from ${table}`, `truncate ${table}`]) {
    await expect(db.owner.query(statement)).rejects.toThrow(/append-only/);
  }
});

test('which events a backfill made, the application can read and in no way write', async () => {
  await asApplication('select event_id from usage_backfill_events');
  for (const statement of [
    "update usage_backfill_events set backfill_id = 'x'",
    'delete from usage_backfill_events',
    'insert into usage_backfill_events select * from usage_backfill_events',
  ]) {
    await expect(asApplication(statement), statement).rejects.toThrow(/permission denied/);
  }
});

test('a partition cannot be truncated behind its parent', async () => {
  await expect(db.owner.query('truncate usage_events_p0')).rejects.toThrow(/append-only/);
});

test('a published plan version keeps its content and may only be retired', async () => {
  const plan = { family: 'f', plan: 'p', version: 1, content: '{"a":1}', content_hash: 'h' };
  await insertRow(db.database.platform, 'plan_versions', plan);
  const update = (change: string) => db.database.platform.query(`update plan_versions set ${change}`);
  await update(`content = '{"a":2}'`);
  await update("status = 'published', published_at = '2026-03-01T00:00:00Z'");
  await expect(update(`content = '{"a":3}'`)).rejects.toThrow(/published and never changes/);
  await expect(update("status = 'draft', published_at = null")).rejects.toThrow(
    /published and never changes/,
  );
  await expect(db.owner.query('delete from plan_versions')).rejects.toThrow(/published and never changes/);
  await update("status = 'retired'");
});

test('the line of a final invoice keeps its money, and may only be explained', async () => {
  await expect(asApplication('update invoice_lines set amount_minor = 99')).rejects.toThrow(/that is open/);
  await expect(asApplication('delete from invoice_lines')).rejects.toThrow(/that is open/);
  await asApplication(`update invoice_lines set explanation = '{"why":"seats"}'`);
});

test('the line of a draft invoice may change and go', async () => {
  await asApplication("update invoices set status = 'draft'");
  await asApplication('update invoice_lines set amount_minor = 99');
  await asApplication('delete from invoice_lines');
});

test('statements are numbered without a gap, whatever is issued at once and whatever fails on the way (I14)', async () => {
  const issuedAt = new Date('2026-03-01T00:00:00Z');
  const options = { clock: new FixedClock(issuedAt), ids: createIdSource() };
  const unitOfWork = createUnitOfWork(db.database.prisma.app, options);
  const own = asId('organization', sampleIds(2).organization);
  for (const [table, row] of sampleRows(2).slice(0, 1)) await insertRow(db.owner, table, row);
  const subscriptionId = asId('subscription', sampleIds(2).subscription);
  const statement = { subscriptionId, family: 'f', issuedAt, currency: 'USD', totalMinor: 1n, lines: [] };
  const issue = (isKept: boolean) =>
    unitOfWork.run(own, async (tx) => {
      const { number } = await tx.usageStatements.issue(own, statement);
      if (!isKept) throw new Error('after its number was taken');
      return number;
    });
  const settled = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => issue(n % 3 !== 1)));
  const numbers = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 27 }, (_, n) => n + 1));
});

async function asApplication(statement: string): Promise<void> {
  const client = await db.database.app.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('app.organization_id', $1, true)", [organizationId]);
    const result = await client.query(statement);
    expect(result.rowCount).toBe(1);
    await client.query('commit');
  } finally {
    await client.query('rollback');
    client.release();
  }
}
