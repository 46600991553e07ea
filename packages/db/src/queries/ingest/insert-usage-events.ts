import type pg from 'pg';
import { type UsageRow, unnestedUsageRows, usageRowColumns } from './usage-row.ts';

/**
 * `unknown` = the id was taken, and its event was gone when its content was looked at: the row is asked again.
 */
export type InsertOutcome = 'accepted' | 'duplicate' | 'id_reused' | 'unknown';

/**
 * One statement per batch: events, then counters, then buckets. Everything is written in key order and in this
 * order of tables, here and wherever else usage is counted, so that concurrent batches wait instead of deadlocking.
 * Ids must be distinct within the batch. A counter is the organization's (nil) or one client's. Counters that do not exist yet are not made here: whoever needs one first
 * computes it from the stored usage. An id whose event was retired is as taken as any other.
 */
export async function insertUsageEvents(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
  recordedAt: Date,
): Promise<InsertOutcome[]> {
  const taken = await insertNewEvents(client, rows, recordedAt);
  if (taken.length === 0) return new Array<InsertOutcome>(rows.length).fill('accepted');
  return compareTaken(rows, taken, await findStoredHashes(client, rowsAt(rows, taken)));
}

/** The statement alone: stores what is new and answers the indexes of the rows whose ids were taken. */
export async function insertNewEvents(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
  recordedAt: Date,
): Promise<number[]> {
  const result = await client.query<{ inserted: string[] | null }>({
    name: 'insert_usage_events',
    text: statement,
    values: [...usageRowColumns(rows), addingOf(rows), recordedAt.toISOString()],
  });
  const inserted = result.rows[0]?.inserted;
  if (inserted == null) return [];
  const isInserted = new Set(inserted);
  return rows.flatMap((row, index) => (isInserted.has(row.organizationId + row.id) ? [] : [index]));
}

/** What `insertNewEvents` left out is compared with what its ids stand for. */
export function compareTaken(
  rows: readonly UsageRow[],
  taken: readonly number[],
  stored: readonly (string | undefined)[],
): InsertOutcome[] {
  const outcomes = new Array<InsertOutcome>(rows.length).fill('accepted');
  taken.forEach((index, n) => {
    const hash = stored[n];
    outcomes[index] = hash === undefined ? 'unknown' : outcomeOf(hash === rows[index]?.payloadHash);
  });
  return outcomes;
}

export function rowsAt(rows: readonly UsageRow[], indexes: readonly number[]): UsageRow[] {
  return indexes.flatMap((index) => rows[index] ?? []);
}

/** How each meter adds to its counters: `{ organization meter: sum | count }`. */
function addingOf(rows: readonly UsageRow[]): string {
  const adding = new Map<string, string>();
  for (const { organizationId, meter, aggregation } of rows) adding.set(organizationId + meter, aggregation);
  return JSON.stringify(Object.fromEntries(adding));
}

function outcomeOf(isEqual: boolean): InsertOutcome {
  return isEqual ? 'duplicate' : 'id_reused';
}

/**
 * What the ids stand for, in hexadecimal; asked only for ids that were taken, by a statement of its own that also sees
 * what was committed while the other one ran.
 */
export async function findStoredHashes(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
): Promise<(string | undefined)[]> {
  const result = await client.query<{ position: string; hash: string | null }>({
    name: 'find_stored_hashes',
    text: hashesStatement,
    values: [rows.map((row) => row.organizationId), rows.map((row) => row.id)],
  });
  const hashes = new Array<string | undefined>(rows.length).fill(undefined);
  for (const { position, hash } of result.rows) hashes[Number(position) - 1] = hash ?? undefined;
  return hashes;
}

// `order by id limit 1` over a range of one id: only the primary key delivers that order. Where a table was never
// analyzed, its other index promises one row of the organization as well, and reading every event of it follows.
const hashesStatement = `
select wanted.position, encode(coalesce(stored.payload_hash, retired.payload_hash), 'hex') as hash
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (organization_id, id, position)
  left join lateral (
    select payload_hash from usage_events
     where organization_id = wanted.organization_id and id >= wanted.id and id <= wanted.id order by id limit 1
  ) as stored on true
  left join lateral (
    select payload_hash from retired_usage_events
     where organization_id = wanted.organization_id and id = wanted.id limit 1
  ) as retired on true`;

// No part joins rows of the batch with each other: their number is unknown when the plan is made, and a nested loop over
// a thousand rows takes as long as everything else. For the same reason counters and retired ids are looked up event by
// event (`union all` and `limit 1` keep the planner from joining). Answers null when everything was inserted.
const statement = `
with inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, properties, source)
  select organization_id, id, decode(payload_hash, 'hex'), 'usage', meter, quantity, occurred_at, $12::timestamptz,
         client_id, subject, properties::jsonb, source
    from (${unnestedUsageRows}) as given
   where (select true from retired_usage_events retired
           where retired.organization_id = given.organization_id and retired.id = given.id limit 1) is null
   order by organization_id, id
  on conflict (organization_id, id) do nothing
  returning organization_id, id, meter, quantity, occurred_at, client_id
),
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end,
         sum(adding.delta), $12::timestamptz
    from (
      select inserted.*, case $11::jsonb ->> (organization_id::text || meter)
                           when 'sum' then quantity when 'count' then 1 end as delta
        from inserted
    ) as adding
    cross join lateral (
      (select * from limit_counters
        where organization_id = adding.organization_id and feature = adding.meter
          and client_id = '00000000-0000-0000-0000-000000000000'
          and window_start <= adding.occurred_at and adding.occurred_at < window_end)
      union all
      (select * from limit_counters
        where organization_id = adding.organization_id and feature = adding.meter and client_id = adding.client_id
          and window_start <= adding.occurred_at and adding.occurred_at < window_end)
    ) as counter
   where adding.delta is not null
   group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (organization_id, feature, client_id, window_start, window_end)
    do update set used = limit_counters.used + excluded.used, updated_at = excluded.updated_at
  returning 1
),
bucketed as (
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, coalesce(client_id, '00000000-0000-0000-0000-000000000000'),
         date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'), sum(quantity), count(*), max(quantity),
         (array_agg(quantity order by occurred_at desc, quantity desc))[1], max(occurred_at)
    from inserted, (select count(*) from counted) as counters_first
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (organization_id, meter, client_id, bucket_start) do update set
    quantity = usage_buckets.quantity + excluded.quantity,
    event_count = usage_buckets.event_count + excluded.event_count,
    max_quantity = greatest(usage_buckets.max_quantity, excluded.max_quantity),
    latest_quantity = case when usage_buckets.latest_at is null or excluded.latest_at > usage_buckets.latest_at
                           then excluded.latest_quantity
                           when excluded.latest_at = usage_buckets.latest_at
                           then greatest(excluded.latest_quantity, usage_buckets.latest_quantity)
                           else usage_buckets.latest_quantity end,
    latest_at = greatest(usage_buckets.latest_at, excluded.latest_at)
)
select case when (select count(*) from inserted) < cardinality($2::text[])
            then array(select organization_id::text || id from inserted) end as inserted`;
