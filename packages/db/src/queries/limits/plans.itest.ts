import { randomUUID } from 'node:crypto';
import { asId } from '@metergate/core';
import type { ConsumeCommand, CounterKey, ReserveCommand } from '@metergate/core/limits/limits.ports';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Newness } from '../ingest/newness.ts';
import { storeUsageEvents } from '../ingest/store-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { inReadingTransaction } from '../usage/reading-transaction.ts';
import { createLimitLedger } from './limit-ledger.ts';

let db: TestDatabase;
let client: pg.PoolClient;
const organizationId = asId('organization', randomUUID());
const at = new Date('2027-03-01T12:00:00.000Z');
const window = { start: new Date('2027-03-01T00:00:00.000Z'), end: new Date('2027-04-01T00:00:00.000Z') };
const key: CounterKey = { organizationId, feature: 'message', window, aggregation: 'sum' };

const command = (
  id: string,
  decision: 'allowed' | 'blocked',
  others: readonly CounterKey[] = [],
): ConsumeCommand => ({
  key,
  others,
  entry: {
    organizationId,
    aggregation: 'sum',
    source: 'consume',
    draft: {
      id,
      meter: 'message',
      quantity: '1',
      occurredAt: at,
      clientId: null,
      subject: null,
      properties: null,
    },
  },
  terms: {
    organizationId,
    at,
    feature: 'message',
    operation: 'consume',
    quantity: '1',
    limit: '5',
    planVersion: null,
    evidence: {},
    clientId: null,
    subject: null,
  },
  decide: () => ({ decision, reason: decision === 'blocked' ? 'limit_reached' : null }),
});

/** Everything that the hot path says, on one connection to a database in which nothing was ever analyzed. */
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, 'acme', 'Acme', 'a@example.com', 'USD')`,
    [organizationId],
  );
  const pool = db.database.ingest;
  const ledger = createLimitLedger({ pool, finder: db.database.worker, nextId: () => randomUUID() });
  const event = toUsageRow(command('reported', 'allowed').entry);
  await storeUsageEvents({ pool, recordedAt: at }, [event]);
  await storeUsageEvents({ pool, recordedAt: at }, [event]);
  const believed = toUsageRow(command('believed', 'allowed').entry);
  await storeUsageEvents({ pool, recordedAt: at, newness: new Newness() }, [believed]);
  await ledger.levels(key);
  await ledger.consume(command('first', 'allowed'));
  await ledger.consume(command('foreseen', 'allowed'));
  await ledger.consume(command('second', 'blocked'));
  const word = { ...key, feature: 'word' };
  await ledger.levels(word);
  await ledger.consume(command('with another', 'allowed', [word]));
  await ledger.consume(command('with another, foreseen', 'allowed', [word]));
  const { entry } = command('counted', 'allowed');
  const counted = toUsageRow({ ...entry, aggregation: 'unique_count' });
  await storeUsageEvents({ pool, recordedAt: at }, [counted]);
  await ledger.levels({ ...key, feature: 'active_user', aggregation: 'unique_count' });
  const reserve: ReserveCommand = {
    ...command('third', 'allowed'),
    reservationId: randomUUID(),
    eventId: 'third',
    expiresAt: window.end,
  };
  await ledger.reserve(reserve);
  client = await pool.connect();
});
afterAll(async () => {
  client.release();
  await db.dispose();
});

interface PlanNode {
  'Node Type': string;
  'Parent Relationship'?: string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  Plans?: PlanNode[];
}

const byId = ['organization_id', 'id'];
const byName = ['organization_id', 'feature', 'client_id', 'window_start'];

/** Statement → table → the columns of its primary key by which rows must be found. */
const keys: [string, Record<string, string[]>][] = [
  ['insert_usage_events', { retired_usage_events: byId, limit_counters: byName }],
  [
    'insert_usage_events_counting_values',
    { retired_usage_events: byId, limit_counters: byName, meters: ['key'] },
  ],
  ['insert_believed_new_at_once', { retired_usage_events: byId, limit_counters: byName }],
  ['find_counter', { limit_counters: byName }],
  ['forget_values', { limit_counter_values: byName }],
  ['insert_consumed', { retired_usage_events: byId }],
  ['insert_consumed_at_once', { retired_usage_events: byId }],
  ['find_stored_hashes', { usage_events: byId, retired_usage_events: byId }],
  ['find_event_ids', { usage_events: byId, retired_usage_events: byId }],
  ['find_receipts', { decision_receipts: byId }],
  ['lock_counters', { limit_counters: byName }],
  ['lock_more_counters', { limit_counters: byName }],
  ['lock_foreseen_at_once', { limit_counters: byName }],
  ['read_counters', { limit_counters: byName }],
  ['add_reserved', { limit_counters: byName }],
];

const states = [
  ['was never analyzed', async () => undefined],
  // A handful of rows fits on a page, and reading that looks cheapest: such a plan would stay when there are millions.
  ['was analyzed while it was small', () => db.owner.query('analyze')],
] as const;

describe.each(states)('in a database that %s', (_, reach) => {
  beforeAll(async () => {
    await reach();
  });
  test.each(keys)('%s finds its rows by key', requireByKey);
});

async function requireByKey(name: string, tables: Record<string, string[]>): Promise<void> {
  const scans = (await planOf(name)).filter((node) => node['Node Type'].endsWith('Scan'));
  expect(scans.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
  const stored = scans.filter((node) => node['Relation Name'] !== undefined);
  expect([...new Set(stored.map(tableOf))].sort()).toEqual(Object.keys(tables).sort());
  for (const node of stored) {
    expect(node['Index Name'], name).toMatch(/_pkey$/);
    expect(node.Filter, `${name} reads rows of ${tableOf(node)} that it does not want`).toBeUndefined();
    for (const column of tables[tableOf(node)] ?? []) expect(node['Index Cond']).toMatch(`(${column} `);
  }
}

test.each(['insert_usage_events', 'insert_usage_events_counting_values', 'insert_believed_new_at_once'])(
  '%s waits for its parts once, and does not count their rows again for each event',
  async (name) => {
    const joins = (await planOf(name)).filter((node) => node['Node Type'] === 'Nested Loop');
    const again = joins.flatMap(({ Plans = [] }) => Plans).filter(isInner);
    expect(again.length).toBeGreaterThan(0);
    expect(again.map((node) => node['Node Type'])).not.toContain('Aggregate');
  },
);

test('what is read by key is planned so in its transaction, without workers, and the connection stays as it was', async () => {
  const settings = ['enable_seqscan', 'plan_cache_mode', 'max_parallel_workers_per_gather', 'jit'];
  const read = async (from: pg.ClientBase) => {
    const { rows } = await from.query<{ setting: string }>(
      `select current_setting(name) as setting from unnest($1::text[]) as name`,
      [settings],
    );
    return rows.map(({ setting }) => setting);
  };
  const pool = db.database.app;
  const usual = await inReadingTransaction(pool, { organizationId }, read);
  const byKey = await inReadingTransaction(pool, { organizationId, planning: 'by key' }, read);
  expect(byKey).toEqual(['off', 'force_generic_plan', '0', 'off']);
  expect(usual).not.toEqual(byKey);
  expect(await inReadingTransaction(pool, { organizationId }, read)).toEqual(usual);
});

test('the list above names every statement that the hot path prepares, except those that only write or sum up', async () => {
  const { rows } = await client.query<{ name: string }>('select name from pg_prepared_statements');
  const others = [
    'enter_at_once',
    'insert_receipts',
    'insert_new_receipts_at_once',
    'tell_refusals',
    'usage_totals_sum',
  ];
  expect(rows.map((row) => row.name).sort()).toEqual([...keys.map(([name]) => name), ...others].sort());
});

/** Of a nested loop, what is carried out for each row of the other side. */
function isInner(node: PlanNode): boolean {
  return node['Parent Relationship'] === 'Inner';
}

/** Partitions count as their table. */
function tableOf(node: PlanNode): string {
  return (node['Relation Name'] ?? '').replace(/_p\d$/, '');
}

/** Every node of the cached plan. */
async function planOf(name: string): Promise<PlanNode[]> {
  const { rows: statements } = await client.query<{ types: string[] }>(
    'select parameter_types::text[] as types from pg_prepared_statements where name = $1',
    [name],
  );
  // Without an organization every partition would be left out before it is shown.
  const values = statements[0]?.types
    .map((type) => (type === 'uuid' ? `'${organizationId}'` : 'null'))
    .join();
  const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    `explain (format json) execute ${name} (${values})`,
  );
  const nodes: PlanNode[] = [];
  const visit = (node: PlanNode) => {
    nodes.push(node);
    for (const child of node.Plans ?? []) visit(child);
  };
  for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(Plan);
  return nodes;
}
