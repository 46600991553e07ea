import { randomUUID } from 'node:crypto';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { addMonth, at, consumeOne, ledgerOn, limit } from '../../../test/ledger-scene.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { ensureCounter } from './counter-rows.ts';

const held = new Set<pg.PoolClient>();
let db: TestDatabase;
let month: CounterKey;
let day: CounterKey;
const heldId = randomUUID();

beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => {
  // What a failed test still holds would stop all others.
  for (const client of held) client.release(true);
  held.clear();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  month = await addMonth(db);
  day = { ...month, window: { start: month.window.start, end: new Date('2027-03-02T00:00:00.000Z') } };
});

const ledger = () => ledgerOn(db);

const consume = (id?: string, change?: Partial<ConsumeCommand>) => consumeOne(month, id, change);
const report = (id: string = randomUUID()) =>
  storeUsageEvents({ pool: db.database.ingest, recordedAt: at }, [toUsageRow(consume(id).entry)]);
const reserve = (reservationId: string) =>
  ledger().reserve({ ...consume(), reservationId, eventId: randomUUID(), expiresAt: day.window.end });

async function levelOf({ organizationId, feature, window }: CounterKey): Promise<string | undefined> {
  const { rows } = await db.owner.query(
    `select used::float || '+' || reserved::float as level from limit_counters
      where organization_id = $1 and feature = $2 and window_start = $3 and window_end = $4`,
    [organizationId, feature, window.start, window.end],
  );
  return rows[0]?.level;
}

/** Holds what `sql` locks until it is told to let go. */
async function hold(sql: string, values: readonly unknown[] = [month.organizationId]) {
  const client = await db.owner.connect();
  held.add(client);
  await client.query('begin');
  await client.query(sql, [...values]);
  return async (last = 'commit') => {
    await client.query(last);
    client.release();
    held.delete(client);
  };
}

/** Whether somebody waits for a lock in a statement like this. */
async function isWaiting(kind: string, statement: string): Promise<boolean> {
  const { rowCount } = await db.owner.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and (wait_event = 'advisory') = ($1 = 'advisory') and query like $2`,
    [kind, `%${statement}%`],
  );
  return rowCount !== 0;
}

const untilWaiting = (kind: 'advisory' | 'row', statement: string) =>
  expect.poll(() => isWaiting(kind, statement), { timeout: 4000 }).toBe(true);

it.each([
  ['reported', () => report(), 'select 1 from usage_buckets where organization_id = $1 for update', '3+0'],
  [
    'consumed',
    () => ledger().consume(consume()),
    'select 1 from usage_buckets where organization_id = $1 for update',
    '3+0',
  ],
  ['reserved', () => reserve(heldId), undefined, '2+1'],
])('a counter that is made while usage is being %s misses none of it', async (_how, write, lock, level) => {
  const { consume: take, derivedId } = ledger();
  for (const id of ['a', 'b']) await take(consume(id));
  const letGo =
    lock === undefined
      ? await hold(
          `insert into decision_receipts (organization_id, id, at, feature, operation, decision, quantity, used,
             reserved, evidence) values ($1, $2, now(), 'message', 'reserve', 'allowed', 1, 0, 0, '{}')`,
          [month.organizationId, derivedId(month.organizationId, 'reserve', heldId)],
        )
      : await hold(lock);
  const writing = write();
  await untilWaiting(
    'row',
    lock === undefined ? 'insert into decision_receipts' : 'insert into usage_events',
  );
  let isMade = false;
  const making = ensureCounter(db.database.ingest, day).then(() => {
    isMade = true;
  });
  await expect.poll(async () => isMade || (await isWaiting('advisory', 'pg_advisory'))).toBe(true);
  await letGo(lock === undefined ? 'rollback' : undefined);
  await Promise.all([writing, making]);

  expect([await levelOf(month), await levelOf(day)]).toEqual([level, level]);
});

it('takes nothing of a total that somebody else held and used up when its consume had foreseen more', async () => {
  const { consume: take } = ledger();
  for (let n = 1; n < limit; n += 1) await take(consume());
  const letGo = await hold('update limit_counters set used = used + 1 where organization_id = $1');
  const pending = take(consume());
  await untilWaiting('row', 'for update');
  await letGo();

  expect(await pending).toMatchObject({ decision: 'blocked', levels: { used: String(limit) } });
  expect(await levelOf(month)).toBe(`${limit}+0`);
});

it('counts in a window that was made since its total was foreseen', async () => {
  const { consume: take } = ledger();
  for (const id of ['a', 'b']) await take(consume(id));
  await ensureCounter(db.database.ingest, day);
  await take(consume());

  expect([await levelOf(month), await levelOf(day)]).toEqual(['3+0', '3+0']);
});

it('computes a counter again that was taken away since it was foreseen', async () => {
  const { consume: take } = ledger();
  await ensureCounter(db.database.ingest, day);
  for (const id of ['a', 'b']) await take(consume(id));
  await db.owner.query('delete from limit_counters where organization_id = $1', [month.organizationId]);

  expect((await take(consume())).levels.used).toBe('3');
  expect(await levelOf(month)).toBe('3+0');
});

it('decides on less when a correction has taken some back since it was foreseen', async () => {
  const { consume: take } = ledger();
  for (let n = 1; n <= limit - 1; n += 1) await take(consume());
  await db.owner.query('update limit_counters set used = used - 2 where organization_id = $1', [
    month.organizationId,
  ]);

  expect((await take(consume())).levels.used).toBe('3');
  expect((await take(consume())).levels.used).toBe('4');
});

it('locks totals in one order, whichever of them a consume is about', async () => {
  const call: CounterKey = { ...month, feature: 'call' };
  const { consume: take } = ledger();
  // Twice: the first reads the totals under their lock, the second foresees them.
  for (const round of ['read', 'foreseen']) {
    for (const one of ['call', 'message'])
      await take(
        consume(`${round}-${one}`, one === 'call' ? { key: call, others: [month] } : { others: [call] }),
      );
    const letGo = await hold(
      `select 1 from limit_counters where organization_id = $1 and feature = 'message' for update`,
    );
    const waiting = take(consume(`${round}-last`, { others: [call] }));
    await untilWaiting('row', 'limit_counters');
    // `call` comes first in the alphabet: it is held by now although the consume is about messages.
    const { rowCount } = await db.owner.query(
      `select 1 from limit_counters where organization_id = $1 and feature = 'call' for update skip locked`,
      [month.organizationId],
    );
    await letGo();
    await waiting;
    expect([round, rowCount]).toEqual([round, 0]);
  }
});
