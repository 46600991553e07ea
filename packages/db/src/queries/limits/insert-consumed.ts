import { plainArray, textArray } from '../array-literal.ts';
import { bucketColumns, bucketSums } from '../ingest/bucket-sums.ts';
import type { Statement } from '../ingest/one-message.ts';
import { idTaken } from '../ingest/refuse-unless.ts';
import { toUsageRow, type UsageRow } from '../ingest/usage-row.ts';
import { addToBuckets, addToCounters } from '../ingest/usage-statements.ts';
import { type Alike, addedTo } from './consumed-sums.ts';
import type { CounterRow } from './counter-lookup.ts';

/** What one counter's queue was granted, and the counters that are locked for it. */
export interface GrantedBatch {
  granted: Alike;
  locked: readonly CounterRow[];
}

/**
 * Writes what batches of consumes have granted, each for its own counter: events, then counters, then buckets, in the
 * order of all writers. The counters are locked: what is added to each row is summed here, where the general statement
 * has to find it out for every event. Ends the transaction when an event is not new, because the sums hold them all.
 * Fails with `idTaken`.
 */
export function insertConsumed(batches: readonly GrantedBatch[], at: Date): Statement {
  const rows = batches.flatMap(({ granted }) => granted.map((command) => toUsageRow(command.entry)));
  return {
    name: 'insert_consumed',
    text: statement,
    values: [
      at.toISOString(),
      ...eventColumns(rows),
      ...counterColumns(batches.flatMap(addedByCounter)),
      ...bucketColumns(bucketSums(rows)),
      String(rows.length),
    ],
  };
}

function eventColumns(rows: readonly UsageRow[]): string[] {
  return [
    plainArray(rows.map(({ organizationId }) => organizationId)),
    textArray(rows.map(({ id }) => id)),
    plainArray(rows.map(({ payloadHash }) => payloadHash)),
    textArray(rows.map(({ meter }) => meter)),
    plainArray(rows.map(({ quantity }) => quantity)),
    plainArray(rows.map(({ occurredAt }) => occurredAt)),
    textArray(rows.map(({ clientId }) => clientId)),
    textArray(rows.map(({ subject }) => subject)),
    plainArray(rows.map(({ source }) => source)),
  ];
}

interface Added {
  organizationId: string;
  row: CounterRow;
  quantity: string;
}

function addedByCounter({ granted, locked }: GrantedBatch): Added[] {
  const { organizationId, draft } = granted[0].entry;
  const counters = locked.filter(({ feature }) => feature === draft.meter);
  return counters.map((row) => ({ organizationId, row, quantity: addedTo(row, granted) }));
}

function counterColumns(added: readonly Added[]): string[] {
  return [
    plainArray(added.map(({ organizationId }) => organizationId)),
    textArray(added.map(({ row }) => row.feature)),
    plainArray(added.map(({ row }) => row.client_id)),
    plainArray(added.map(({ row }) => row.window_start.toISOString())),
    plainArray(added.map(({ row }) => row.window_end.toISOString())),
    plainArray(added.map(({ quantity }) => quantity)),
  ];
}

// $1 recorded at. The counters are there and locked by us: `on conflict` is the way to find each by its whole key that no
// planner turns into reading all of them.
const statement = `
with inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, source)
  select organization_id, id, decode(payload_hash, 'hex'), 'usage', meter, quantity, occurred_at, $1::timestamptz,
         client_id, subject, source
    from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::timestamptz[], $8::uuid[],
                $9::text[], $10::text[])
      as given (organization_id, id, payload_hash, meter, quantity, occurred_at, client_id, subject, source)
   where (select true from retired_usage_events retired
           where retired.organization_id = given.organization_id and retired.id = given.id limit 1) is null
   order by organization_id, id
  returning 1
),
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select organization_id, feature, client_id, window_start, window_end, quantity, $1
    from unnest($11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[], $15::timestamptz[], $16::numeric[])
           as added (organization_id, feature, client_id, window_start, window_end, quantity),
         (select count(*) from inserted) as events_first${addToCounters}
),
bucketed as (
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity, latest_quantity,
         latest_at
    from unnest($17::uuid[], $18::text[], $19::uuid[], $20::timestamptz[], $21::numeric[], $22::int[],
                $23::numeric[], $24::numeric[], $25::timestamptz[])
           as added (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                     latest_quantity, latest_at),
         (select count(*) from counted) as counters_first
   order by organization_id, meter, client_id, bucket_start${addToBuckets}
)
select refuse_unless(count(*) = $26::int, '${idTaken}') from inserted`;
