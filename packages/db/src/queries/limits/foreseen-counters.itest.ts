import { randomUUID } from 'node:crypto';
import { asId, type ClientId } from '@metergate/core';
import type { ConsumeCommand, CounterKey, Settled } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addMonth, at, ledgerOn } from '../../../test/ledger-scene.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { derivedId } from './receipt-rows.ts';
import { storeReceipts } from './store-receipts.ts';

let db: TestDatabase;
let key: CounterKey;
const client = asId('client', randomUUID());
const limit = 100;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  key = await addMonth(db);
});

const ledger = () => ledgerOn(db);

interface Wish {
  id?: string;
  clientId?: ClientId | null;
  others?: readonly CounterKey[];
}

/** Takes one of a hundred, unless all are taken. */
function consume({ id = randomUUID(), clientId = null, others = [] }: Wish = {}): ConsumeCommand {
  const { organizationId } = key;
  const terms = { organizationId, at, feature: 'message', quantity: '1', clientId, subject: null } as const;
  const draft = {
    id,
    meter: 'message',
    quantity: '1',
    occurredAt: at,
    clientId,
    subject: null,
    properties: null,
  };
  return {
    key,
    others,
    entry: { organizationId, aggregation: 'sum', source: 'consume', draft },
    terms: { ...terms, operation: 'consume', limit: String(limit), planVersion: null, evidence: {} },
    decide: ({ used, reserved }) =>
      Number(used) + Number(reserved) < limit
        ? { decision: 'allowed', reason: null }
        : { decision: 'blocked', reason: 'limit_reached' },
  };
}

async function stored(): Promise<{ used: number; events: number; receipts: number }> {
  const { rows } = await db.owner.query(
    `select (select used::int from limit_counters where organization_id = $1 and feature = 'message'
               and client_id = '00000000-0000-0000-0000-000000000000') as used,
            (select count(*)::int from usage_events where organization_id = $1) as events,
            (select count(*)::int from decision_receipts where organization_id = $1) as receipts`,
    [key.organizationId],
  );
  return rows[0];
}

it('decides on what is there when somebody else moved what it foresaw, and keeps the order of what it saw', async () => {
  const [one, other] = [ledger(), ledger()];
  const report = () =>
    storeUsageEvents({ pool: db.database.ingest, recordedAt: at }, [toUsageRow(consume().entry)]);
  const reserve = () =>
    other.reserve({
      ...consume(),
      reservationId: randomUUID(),
      eventId: randomUUID(),
      expiresAt: key.window.end,
    });
  const levels: Settled['levels'][] = [];
  const take = async (from: typeof one) => levels.push((await from.consume(consume())).levels);
  const steps = [
    () => take(one),
    () => take(one),
    () => take(other),
    () => take(one),
    report,
    () => take(one),
    () => take(one),
    reserve,
    () => take(one),
    () => take(other),
    () => take(one),
  ];
  for (const step of steps) await step();

  expect(levels.map(({ used, reserved }) => `${used}+${reserved}`)).toEqual([
    '1+0',
    '2+0',
    '3+0',
    '4+0',
    '6+0',
    '7+0',
    '8+1',
    '9+1',
    '10+1',
  ]);
  expect(await stored()).toEqual({ used: 10, events: 10, receipts: 10 });
});

it('grants exactly what is left to two processes that both foresee, whoever comes first', async () => {
  const ledgers = [ledger(), ledger()];
  await Promise.all(ledgers.map((each) => each.consume(consume())));
  const asked = Array.from({ length: 2 * limit }, (_, n) => ledgers[n % 2]?.consume(consume()));
  const decisions = (await Promise.all(asked)).map((settled) => settled?.decision);

  expect(decisions.filter((decision) => decision === 'allowed')).toHaveLength(limit - 2);
  expect(await stored()).toMatchObject({ used: limit, events: limit });
});

it('answers an id again that comes while its total is foreseen, and takes nothing for it', async () => {
  const { consume: take } = ledger();
  const first = await take(consume({ id: 'once' }));
  await take(consume());
  const again = await Promise.all([take(consume({ id: 'once' })), take(consume())]);

  expect(again[0]).toMatchObject({ decision: 'allowed', receiptId: first.receiptId, levels: { used: '1' } });
  expect(await stored()).toEqual({ used: 3, events: 3, receipts: 3 });
});

it('answers from the receipt of an outage whose event is still on its way, and leaves the event to whoever brings it', async () => {
  const { consume: take } = ledger();
  await take(consume());
  const kept = consume({ id: 'kept' });
  const receiptId = derivedId(key.organizationId, 'consume', 'kept');
  const verdict = { decision: 'allowed', reason: null } as const;
  const levels = { used: '0', reserved: '0' };
  await storeReceipts(db.database.ingest, [{ id: receiptId, terms: kept.terms, verdict, levels }]);

  const answers = await Promise.all([take(kept), take(consume())]);
  expect(answers[0]).toMatchObject({ ...verdict, receiptId });
  expect(await stored()).toEqual({ used: 2, events: 2, receipts: 3 });

  const carried = storeUsageEvents({ pool: db.database.ingest, recordedAt: at }, [toUsageRow(kept.entry)]);
  expect(await carried).toEqual(['accepted']);
  expect(await stored()).toEqual({ used: 3, events: 3, receipts: 3 });
});

it('foresees the totals of a client beside those of everybody', async () => {
  const own: CounterKey = { ...key, clientId: client };
  const { consume: take, levels } = ledger();
  for (let n = 0; n < 3; n += 1) await take(consume({ clientId: client, others: [own] }));
  await take(consume());

  expect(await levels(own)).toEqual({ used: '3', reserved: '0' });
  expect(await levels(key)).toEqual({ used: '4', reserved: '0' });
});

it('commits nothing of a batch whose connection breaks after it foresaw, and decides it again', async () => {
  const { consume: take } = ledger();
  await take(consume());
  await take(consume());
  const blocker = await db.owner.connect();
  await blocker.query('begin');
  await blocker.query('select 1 from usage_buckets where organization_id = $1 for update', [
    key.organizationId,
  ]);
  const pending = take(consume());
  await expect
    .poll(async () => {
      const { rowCount } = await db.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into usage_events%'`,
      );
      return rowCount;
    })
    .toBe(1);
  await blocker.query('commit');
  blocker.release();

  expect((await pending).levels.used).toBe('3');
  expect(await stored()).toEqual({ used: 3, events: 3, receipts: 3 });
});
