import { countedValue, fieldsOf } from './counted-value.ts';
import { unnestedUsageRows } from './usage-row.ts';

// $1…$10 the rows, $11 how each meter adds to its counters, $12 recorded at, $13 the meters that count different values.
//
// No part joins rows of the batch with each other: their number is unknown when the plan is made, and a nested loop over
// a thousand rows takes as long as everything else. For the same reason counters and retired ids are looked up event by
// event (`union all` and `limit 1` keep the planner from joining). What must wait for another part counts its rows in a
// condition, which is asked once; in a join they are counted again for each row. Answers null when everything was inserted.

const insertedEvents = (columns: string) => `
inserted as (
  insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                            client_id, subject, properties, source)
  select organization_id, id, decode(payload_hash, 'hex'), 'usage', meter, quantity, occurred_at, $12::timestamptz,
         client_id, subject, properties::jsonb, source
    from (${unnestedUsageRows}) as given
   where (select true from retired_usage_events retired
           where retired.organization_id = given.organization_id and retired.id = given.id limit 1) is null
   order by organization_id, id
  on conflict (organization_id, id) do nothing
  returning organization_id, id, meter, quantity, occurred_at, client_id${columns}
)`;

const delta = `case $11::jsonb ->> (organization_id::text || meter)
                           when 'sum' then quantity when 'count' then 1 end as delta`;

/** The organization's and the client's counters of what is `adding`, of every window that fits. */
export const countersWhile = (windowFits: string) => `
    cross join lateral (
      (select * from limit_counters
        where organization_id = adding.organization_id and feature = adding.meter
          and client_id = '00000000-0000-0000-0000-000000000000' and ${windowFits})
      union all
      (select * from limit_counters
        where organization_id = adding.organization_id and feature = adding.meter and client_id = adding.client_id
          and ${windowFits})
    ) as counter`;

const countersOfEvent = countersWhile(
  'window_start <= adding.occurred_at and adding.occurred_at < window_end',
);

/** What is counted is added to what stands there, whichever statement counted it. */
export const addToCounters = `
  on conflict (organization_id, feature, client_id, window_start, window_end)
    do update set used = limit_counters.used + excluded.used, updated_at = excluded.updated_at
  returning 1`;

/** At the same instant the larger quantity is the latest. */
export const addToBuckets = `
  on conflict (organization_id, meter, client_id, bucket_start) do update set
    quantity = usage_buckets.quantity + excluded.quantity,
    event_count = usage_buckets.event_count + excluded.event_count,
    max_quantity = greatest(usage_buckets.max_quantity, excluded.max_quantity),
    latest_quantity = case when usage_buckets.latest_at is null or excluded.latest_at > usage_buckets.latest_at
                           then excluded.latest_quantity
                           when excluded.latest_at = usage_buckets.latest_at
                           then greatest(excluded.latest_quantity, usage_buckets.latest_quantity)
                           else usage_buckets.latest_quantity end,
    latest_at = greatest(usage_buckets.latest_at, excluded.latest_at)`;

const bucketed = `
bucketed as (
  insert into usage_buckets (organization_id, meter, client_id, bucket_start, quantity, event_count, max_quantity,
                             latest_quantity, latest_at)
  select organization_id, meter, coalesce(client_id, '00000000-0000-0000-0000-000000000000'),
         date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'), sum(quantity), count(*), max(quantity),
         (array_agg(quantity order by occurred_at desc, quantity desc))[1], max(occurred_at)
    from inserted where (select count(*) from counted) >= 0
   group by 1, 2, 3, 4 order by 1, 2, 3, 4${addToBuckets}
)
select case when (select count(*) from inserted) < cardinality($2::text[])
            then array(select organization_id::text || id from inserted) end as inserted`;

/** Of meters whose events add to a total or have none that is kept: what nearly every batch is. */
export const addingUp = `
with ${insertedEvents('').trimStart()},
counted as (
  insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, updated_at)
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end,
         sum(adding.delta), $12::timestamptz
    from (
      select inserted.*, ${delta}
        from inserted
    ) as adding${countersOfEvent}
   where adding.delta is not null
   group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5${addToCounters}
),${bucketed}`;

const key = 'organization_id, feature, client_id, window_start, window_end';

/**
 * Where some events belong to meters that count different values. All counters are locked before the first value is
 * written, in the order of all writers; whoever holds a counter is alone with its values. A value is new to a counter
 * when all events that it counts there are those of this batch: its count less theirs is zero. A counter that is being
 * made counts what lies before the instant that it has come to; whoever makes it finds the rest.
 */
export const countingValues = `
with ${insertedEvents(', properties').trimStart()},
touched as (
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end,
         adding.delta,
         case when counter.counted_until is null or adding.occurred_at < counter.counted_until then adding.value end as value
    from (
      select inserted.*, ${delta},
             ${countedValue(`properties ->> (${fieldsOf('$13::text[]')} ->> meter)`)} as value
        from inserted
    ) as adding${countersOfEvent}
   where adding.delta is not null or adding.value is not null
),
locked as (
  select 1 from (select distinct ${key} from touched order by ${key}) as wanted
   cross join lateral (
     select 1 from limit_counters counter
      where counter.organization_id = wanted.organization_id and counter.feature = wanted.feature
        and counter.client_id = wanted.client_id and counter.window_start = wanted.window_start
        and counter.window_end = wanted.window_end
     offset 0 for update) as counter
),
different as (
  select ${key}, value, count(*) as event_count
    from touched where value is not null and (select count(*) from locked) >= 0
   group by ${key}, value
),
valued as (
  insert into limit_counter_values (${key}, value, event_count)
  select ${key}, value, event_count from different order by ${key}, value
  on conflict (${key}, value) do update set event_count = limit_counter_values.event_count + excluded.event_count
  returning ${key}, value, event_count
),
appeared as (
  select ${key}
    from (table valued union all select ${key}, value, -event_count from different) as compared
   group by ${key}, value having sum(event_count) = 0
),
counted as (
  insert into limit_counters (${key}, used, updated_at)
  select ${key}, sum(delta), $12::timestamptz
    from (select ${key}, delta from touched where delta is not null union all select ${key}, 1 from appeared) as added
   group by ${key} order by ${key}${addToCounters}
),${bucketed}`;
