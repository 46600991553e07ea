import { randomUUID } from 'node:crypto';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addMonth, at, consumeOne, ledgerOn } from '../../../test/ledger-scene.ts';
import { counterLock } from '../ingest/counter-lock.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';

let db: TestDatabase;
let months: CounterKey[];
let take: (command: ConsumeCommand) => Promise<{ receiptId: string; levels: { used: string } }>;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
/** Twelve organizations whose totals were read once, so that the next message foresees them all. */
beforeEach(async () => {
  months = await Promise.all(Array.from({ length: 12 }, () => addMonth(db)));
  take = ledgerOn(db).consume;
  await takeOfAll();
});

const takeOfAll = () => Promise.all(months.map((month) => take(consumeOne(month))));
const [third, ninth] = [2, 8];

function nth(n: number): CounterKey {
  const month = months[n];
  if (month === undefined) throw new Error(`there are only ${months.length}`);
  return month;
}

/** By organization: what the counter says and how many events and receipts there are. */
async function stored(): Promise<string[]> {
  const { rows } = await db.owner.query<{ found: string }>(
    `select format('%s %s %s', (select sum(used)::int from limit_counters where organization_id = owner),
                   (select count(*) from usage_events where organization_id = owner),
                   (select count(*) from decision_receipts where organization_id = owner)) as found
       from unnest($1::uuid[]) with ordinality as asked (owner, n) order by n`,
    [months.map(({ organizationId }) => organizationId)],
  );
  return rows.map(({ found }) => found);
}

const all = (found: string) => months.map(() => found);

async function transactionsOfReceipts(): Promise<number> {
  const { rows } = await db.owner.query<{ count: number }>(
    `select count(distinct xmin::text)::int as count from decision_receipts where organization_id = any($1) and used = 1`,
    [months.map(({ organizationId }) => organizationId)],
  );
  return rows[0]?.count ?? 0;
}

it('commits what comes together for many organizations together, each under its own name', async () => {
  const answers = await takeOfAll();

  expect(answers.map(({ levels }) => levels.used)).toEqual(all('2'));
  expect(await stored()).toEqual(all('2 2 2'));
  expect(await transactionsOfReceipts()).toBe(1);
  const { rows } = await db.owner.query<{ id: string }>(
    `select receipt.id from unnest($1::uuid[], $2::uuid[]) with ordinality as asked (organization_id, id, n)
       join decision_receipts receipt using (organization_id, id) order by n`,
    [months.map(({ organizationId }) => organizationId), answers.map(({ receiptId }) => receiptId)],
  );
  expect(rows).toHaveLength(months.length);
});

it('finds the one whose id is taken, answers its first decision, and grants the others once', async () => {
  const first = await take(consumeOne(nth(third), 'once'));
  const answers = await Promise.all(
    months.map((month, n) => take(consumeOne(month, n === third ? 'once' : randomUUID()))),
  );

  expect(answers[third]).toMatchObject({ receiptId: first.receiptId, levels: { used: '2' } });
  expect(await stored()).toEqual(all('2 2 2'));
});

it('decides the one whose total was moved by somebody else on what is there, and the others as foreseen', async () => {
  await storeUsageEvents({ pool: db.database.ingest, recordedAt: at }, [
    toUsageRow(consumeOne(nth(ninth)).entry),
  ]);
  const answers = await takeOfAll();

  expect(answers.map(({ levels }) => levels.used)).toEqual(all('2').with(ninth, '3'));
  expect(await stored()).toEqual(all('2 2 2').with(ninth, '3 3 2'));
});

it('tells the one whose usage cannot be stored, and nobody else', async () => {
  const answers = await Promise.allSettled(
    months.map((month, n) => {
      const command = consumeOne(month);
      const draft = { ...command.entry.draft, ...(n === third ? { quantity: '10000000000000000' } : {}) };
      return take({ ...command, entry: { ...command.entry, draft } });
    }),
  );

  expect(answers.map(({ status }) => status)).toEqual(all('fulfilled').with(third, 'rejected'));
  expect(await stored()).toEqual(all('2 2 2').with(third, '1 1 1'));
});

it.each([
  ['total', (key: CounterKey) => [`select from limit_counters where organization_id = $1 for update`, key]],
  ['stored usage', (key: CounterKey) => [`select pg_advisory_xact_lock(${lockOf(key)}), $1::uuid`, key]],
] as const)('lets the others go while somebody holds the %s of one', async (_, hold) => {
  const holder = await db.owner.connect();
  const [lock, { organizationId }] = hold(nth(third)) as [string, CounterKey];
  await holder.query('begin');
  await holder.query(lock, [organizationId]);
  const isHeldUp = months.map((month) => lockOf(month) === lockOf(nth(third)));
  const answers = months.map((month) => take(consumeOne(month)));
  for (const again of [answers, months.map((month) => take(consumeOne(month)))]) {
    await Promise.all(again.filter((_, n) => isHeldUp[n] === false));
    answers.push(...again);
  }
  await holder.query('commit');
  holder.release();
  await Promise.all(answers);

  await expect.poll(stored).toEqual(all('3 3 3'));
});

it('decides usage of one feature in two windows one after the other', async () => {
  const day = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-03-02T00:00:00.000Z') };
  const month = nth(0);
  const daily = { ...month, window: day };
  for (let n = 0; n < 2; n += 1) {
    await Promise.all(
      [month, daily, month, daily].map((key) => take(consumeOne(month, randomUUID(), { key }))),
    );
  }

  const { rows } = await db.owner.query<{ used: number }>(
    'select used::int as used from limit_counters where organization_id = $1 order by window_end',
    [month.organizationId],
  );
  expect(rows).toEqual([{ used: 5 }, { used: 5 }]);
});

it('refuses what one has used up, and takes from the others', async () => {
  for (let n = 0; n < 4; n += 1) await take(consumeOne(nth(third)));
  const answers = await takeOfAll();

  expect(answers[third]).toMatchObject({ decision: 'blocked', levels: { used: '5' } });
  expect(await stored()).toEqual(all('2 2 2').with(third, '5 5 6'));
});

function lockOf({ organizationId }: CounterKey): string {
  const { lockClass, partition } = counterLock(organizationId);
  return `${lockClass}, ${partition}`;
}
