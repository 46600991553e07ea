import { addQuantities } from '@metergate/core/shared/money/quantity';
import type pg from 'pg';
import { plainArray, plainArrayOrNull } from '../array-literal.ts';
import { nilClient } from '../limits/counter-lookup.ts';
import { type BucketSum, bucketColumns, bucketSums } from './bucket-sums.ts';
import type { CommitHooks } from './ingest-transaction.ts';
import { inOneMessage, type Statement } from './one-message.ts';
import { idTaken, notAsForeseen, refusalOf } from './refuse-unless.ts';
import { type UsageRow, unnestedUsageRows, usageRowColumns } from './usage-row.ts';
import { addToBuckets, addToCounters, countersWhile } from './usage-statements.ts';

/**
 * Stores few events whose ids are believed to be new, in one message: what they add is summed here, which the general
 * statement has to do after it has found out which of them are new. Answers false, and stores nothing, when an id is
 * taken, when a limit's window begins or ends between events that are summed together, or while somebody computes a
 * counter of their organizations. Not for meters that count different values.
 */
export async function storeBelievedNew(
  store: { pool: pg.Pool; recordedAt: Date; hooks?: CommitHooks | undefined },
  rows: readonly UsageRow[],
): Promise<boolean> {
  const organizationIds = new Set(rows.map(({ organizationId }) => organizationId));
  try {
    const statements = [insertBelievedNew(rows, store.recordedAt)];
    await inOneMessage(store.pool, [...organizationIds], { statements, hooks: store.hooks });
    return true;
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    return false;
  }
}

export function insertBelievedNew(rows: readonly UsageRow[], recordedAt: Date): Statement {
  const sums = bucketSums(rows);
  return {
    name: 'insert_believed_new',
    text: statement,
    values: [
      ...usageRowColumns(rows),
      recordedAt.toISOString(),
      ...bucketColumns(sums),
      plainArray(sums.map(({ firstMs }) => new Date(firstMs).toISOString())),
      plainArrayOrNull(sums.map(addedToCounters)),
      String(rows.length),
    ],
  };
}

/** Null where the meter's total is no sum. */
function addedToCounters({ row, quantities }: BucketSum): string | null {
  if (row.aggregation === 'sum') return addQuantities(...quantities);
  return row.aggregation === 'count' ? String(quantities.length) : null;
}

// $1…$10 the rows, $11 recorded at, $12…$20 what they add to buckets, $21 the first instant of each sum, $22 what it adds
// to counters, $23 how many rows. Events, then counters, then buckets, in the order of all writers.
const statement = `
with inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, properties, source)
  select organization_id, id, decode(payload_hash, 'hex'), 'usage', meter, quantity, occurred_at, $11::timestamptz,
         client_id, subject, properties::jsonb, source
    from (${unnestedUsageRows}) as given
   where (select true from retired_usage_events retired
           where retired.organization_id = given.organization_id and retired.id = given.id limit 1) is null
   order by organization_id, id
  returning 1
),
touched as (
  select counter.*, adding.delta,
         counter.window_start <= adding.first_at and adding.latest_at < counter.window_end as is_whole
    from (
      select organization_id, meter, nullif(client_id, '${nilClient}') as client_id, first_at, latest_at, delta
        from unnest($12::uuid[], $13::text[], $14::uuid[], $21::timestamptz[], $20::timestamptz[], $22::numeric[])
               as sum (organization_id, meter, client_id, first_at, latest_at, delta)
    ) as adding${countersWhile('window_start <= adding.latest_at and adding.first_at < window_end')}
   where adding.delta is not null
),
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select organization_id, feature, client_id, window_start, window_end, sum(delta), $11
    from touched where (select count(*) from inserted) >= 0
   group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5${addToCounters}
),
bucketed as (
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity, latest_quantity,
         latest_at
    from unnest($12::uuid[], $13::text[], $14::uuid[], $15::timestamptz[], $16::numeric[], $17::int[],
                $18::numeric[], $19::numeric[], $20::timestamptz[])
           as added (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                     latest_quantity, latest_at)
   where (select count(*) from counted) >= 0
   order by organization_id, meter, client_id, bucket_start${addToBuckets}
)
select refuse_unless(coalesce((select bool_and(is_whole) from touched), true), '${notAsForeseen}'),
       refuse_unless((select count(*) from inserted) = $23::int, '${idTaken}')`;
