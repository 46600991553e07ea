import type pg from 'pg';
import { type UsageRow, unnestedUsageRows, usageRowColumns } from './usage-row.ts';

/**
 * `unknown` = the id is taken by a transaction that committed while this statement ran: its content is not visible
 * in this snapshot, so the row is asked again.
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
  const result = await client.query<{ position: string; is_new: boolean; is_equal: boolean | null }>({
    name: 'insert_usage_events',
    text: statement,
    values: [...usageRowColumns(rows), recordedAt.toISOString()],
  });
  const outcomes = new Array<InsertOutcome>(rows.length).fill('unknown');
  for (const { position, is_new, is_equal } of result.rows) {
    const known = is_equal === null ? 'unknown' : is_equal ? 'duplicate' : 'id_reused';
    outcomes[Number(position) - 1] = is_new ? 'accepted' : known;
  }
  return outcomes;
}

// What an id stood for is looked up one by one (`limit 1`), and only for ids that were taken: joined as a whole, the
// planner reads everything that the organization has ever stored.
const statement = `
with given as (${unnestedUsageRows}),
input as (
  select given.*, retired.payload_hash as retired_hash from given
    left join lateral (
      select payload_hash from retired_usage_events
       where organization_id = given.organization_id and id = given.id limit 1
    ) as retired on true
),
inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, properties, source)
  select organization_id, id, decode(payload_hash, 'hex'), 'usage', meter, quantity, occurred_at, $12::timestamptz,
         client_id, subject, properties::jsonb, source
    from input where retired_hash is null order by organization_id, id
  on conflict (organization_id, id) do nothing
  returning organization_id, id, meter, quantity, occurred_at, client_id
),
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end,
         sum(input.counter_delta), $12::timestamptz
    from inserted
    join input using (organization_id, id)
    join limit_counters counter
      on counter.organization_id = inserted.organization_id and counter.feature = inserted.meter
     and counter.client_id = any(array['00000000-0000-0000-0000-000000000000',
                                       coalesce(inserted.client_id, '00000000-0000-0000-0000-000000000000')]::uuid[])
     and counter.window_start <= inserted.occurred_at and inserted.occurred_at < counter.window_end
   where input.counter_delta is not null
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
         (array_agg(quantity order by occurred_at desc, id desc))[1], max(occurred_at)
    from inserted, (select count(*) from counted) as counters_first
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (organization_id, meter, client_id, bucket_start) do update set
    quantity = usage_buckets.quantity + excluded.quantity,
    event_count = usage_buckets.event_count + excluded.event_count,
    max_quantity = greatest(usage_buckets.max_quantity, excluded.max_quantity),
    latest_quantity = case when usage_buckets.latest_at is null or excluded.latest_at >= usage_buckets.latest_at
                           then excluded.latest_quantity else usage_buckets.latest_quantity end,
    latest_at = greatest(usage_buckets.latest_at, excluded.latest_at)
)
select input.position, inserted.id is not null as is_new,
       coalesce(stored.payload_hash, input.retired_hash) = decode(input.payload_hash, 'hex') as is_equal
  from input
  left join inserted on inserted.organization_id = input.organization_id and inserted.id = input.id
  left join lateral (
    select payload_hash from usage_events
     where inserted.id is null and organization_id = input.organization_id and id = input.id limit 1
  ) as stored on true`;
