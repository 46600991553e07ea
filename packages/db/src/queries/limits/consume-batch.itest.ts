import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { ensureCounter } from './counter-rows.ts';
import { createLimitLedger } from './limit-ledger.ts';

let db: TestDatabase;
let organizationId = asId('organization', randomUUID());
let key: CounterKey;
const clients = [asId('client', randomUUID()), asId('client', randomUUID())];
const month = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-04-01T00:00:00.000Z') };
const day = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-03-02T00:00:00.000Z') };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  organizationId = asId('organization', randomUUID());
  key = { organizationId, feature: 'message', window: month, aggregation: 'sum' };
  await db.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Acme', 'a@example.com', 'USD')`,
    [organizationId, `o-${organizationId}`],
  );
});

function consume(id: string, change: Partial<ConsumeCommand['entry']['draft']> = {}): ConsumeCommand {
  const draft = {
    id,
    meter: 'message',
    quantity: '1',
    occurredAt: new Date('2027-03-01T12:14:59.999Z'),
    clientId: null,
    subject: null,
    properties: null,
    ...change,
  };
  const { quantity, clientId, subject, occurredAt: at } = draft;
  const terms = { organizationId, at, feature: 'message', quantity, clientId, subject } as const;
  return {
    key,
    others: [],
    entry: { organizationId, aggregation: 'sum', source: 'consume', draft },
    terms: { ...terms, operation: 'consume', limit: '500', planVersion: null, evidence: {} },
    decide: () => ({ decision: 'allowed', reason: null }),
  };
}

const ledger = () =>
  createLimitLedger({
    pool: db.database.ingest,
    finder: db.database.worker,
    nextId: () => randomUUID(),
  });

const bucketsOfEvents = `
  select client_id, bucket_start, sum(quantity) as quantity, count(*) as event_count, max(quantity) as max_quantity,
         (array_agg(quantity order by occurred_at desc, quantity desc))[1] as latest_quantity, max(occurred_at) as latest_at
    from (select *, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') as bucket_start,
                 coalesce(client_id, '00000000-0000-0000-0000-000000000000') as client
            from usage_events where organization_id = $1) as event
   group by client_id, bucket_start`;

it('adds to buckets and counters what the events of a batch say, whoever they are of and whenever they were', async () => {
  const { ingest } = db.database;
  for (const window of [month, day]) {
    await ensureCounter(ingest, { ...key, window });
    for (const clientId of clients) await ensureCounter(ingest, { ...key, window, clientId });
  }
  const { consume: take } = ledger();
  const instants = [
    '2027-03-01T12:14:59.999Z',
    '2027-03-01T12:15:00.000Z',
    '2027-03-01T12:15:00.000Z',
    '2027-03-02T00:00:00.000Z',
  ];
  const commands = Array.from({ length: 60 }, (_, n) =>
    consume(`e-${(n * 7) % 60}-ü"\\`, {
      quantity: ['1', '0.5', '0', '7'][n % 4] ?? '1',
      occurredAt: new Date(instants[n % 4] ?? month.start),
      clientId: [null, ...clients][n % 3] ?? null,
      subject: n % 5 === 0 ? 'a "subject"' : null,
    }),
  );
  await Promise.all(commands.map((command) => take(command)));
  await Promise.all(commands.map((command) => take(command)));

  const { rows } = await db.owner.query(
    `with told as (${bucketsOfEvents}),
          kept as (select nullif(client_id, '00000000-0000-0000-0000-000000000000') as client_id, bucket_start, quantity,
                          event_count, max_quantity, latest_quantity, latest_at
                     from usage_buckets where organization_id = $1)
     select (select count(*) from (table told except table kept) as lost)::int as lost,
            (select count(*) from (table kept except table told) as made_up)::int as made_up,
            (select count(*) from kept)::int as buckets`,
    [organizationId],
  );
  expect(rows).toEqual([{ lost: 0, made_up: 0, buckets: 9 }]);
  const { rows: counters } = await db.owner.query(
    `select used = coalesce((select sum(quantity) from usage_events event
               where event.organization_id = $1 and occurred_at >= window_start and occurred_at < window_end
                 and (counter.client_id = '00000000-0000-0000-0000-000000000000' or event.client_id = counter.client_id)), 0)
            as is_right
       from limit_counters counter where organization_id = $1`,
    [organizationId],
  );
  expect(counters).toEqual(Array.from({ length: 6 }, () => ({ is_right: true })));
});

it('takes nothing for an id that was reported before, and still decides its neighbors', async () => {
  const { ingest } = db.database;
  const reported = consume('known');
  await storeUsageEvents({ pool: ingest, recordedAt: month.start }, [toUsageRow(reported.entry)]);
  const { consume: take } = ledger();
  const outcomes = await Promise.allSettled(['a', 'known', 'b'].map((id) => take(consume(id))));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const { rows } = await db.owner.query('select used::int from limit_counters where organization_id = $1', [
    organizationId,
  ]);
  expect(rows).toEqual([{ used: 3 }]);
});

it('keeps evidence with each receipt of a batch that shares some of it', async () => {
  const shared = { of: 'many' };
  const command = (id: string, evidence: Record<string, unknown>, own?: Record<string, unknown>) => {
    const base = consume(id);
    const verdict = { decision: 'allowed', reason: null, ...(own && { evidence: own }) } as const;
    return { ...base, terms: { ...base.terms, evidence, subject: id }, decide: () => verdict };
  };
  const { consume: take } = ledger();
  const commands = [
    command('1', shared),
    command('2', { of: 'one' }),
    command('3', shared, { more: 1 }),
    command('4', shared),
  ];
  await Promise.all(commands.map((one) => take(one)));
  const { rows } = await db.owner.query(
    'select evidence from decision_receipts where organization_id = $1 order by subject',
    [organizationId],
  );
  expect(rows.map(({ evidence }) => evidence)).toEqual([
    { of: 'many' },
    { of: 'one' },
    { of: 'many', more: 1 },
    { of: 'many' },
  ]);
});
