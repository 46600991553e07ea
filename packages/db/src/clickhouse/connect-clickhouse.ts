import type { ClickHouseClient } from '@clickhouse/client';

export type { ClickHouseClient } from '@clickhouse/client';

const requestMsMax = 20_000;

/**
 * Connects with the first question; the address may carry a user, a password and a database. The library is loaded
 * here: most installations have no ClickHouse, and every start would pay for it.
 */
export async function connectClickHouse(url: string): Promise<ClickHouseClient> {
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client');
  return createClient({
    url,
    application: 'metergate',
    request_timeout: requestMsMax,
    max_open_connections: 8,
    // Failures reach whoever asked, who logs them once.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: true, response: false },
  });
}

/**
 * The same event twice is one row: the key is the event's own, and reading asks for merged rows. Partitions by month
 * can be dropped when an operator wants to.
 */
const tables = [
  `create table if not exists metergate_usage_events (
     organization_id UUID, id String, kind LowCardinality(String), meter LowCardinality(String),
     quantity Decimal(38, 12), occurred_at DateTime64(3, 'UTC'), recorded_at DateTime64(3, 'UTC'),
     client_id UUID, subject Nullable(String), properties Nullable(String)
   ) engine = ReplacingMergeTree(recorded_at) partition by toYYYYMM(occurred_at)
   order by (organization_id, meter, occurred_at, id)`,
  // Tables made before it have corrections that do not say what they correct, until they are built anew.
  'alter table metergate_usage_events add column if not exists adjusts Nullable(String)',
];

/** Makes what is missing; safe to repeat and to run from several processes. */
export async function prepareClickHouse(client: ClickHouseClient): Promise<void> {
  for (const query of tables) await client.command({ query });
}
