import type pg from 'pg';
import { countedValue } from '../ingest/counted-value.ts';

/**
 * Computes the values that counters of different values count anew from the events, and answers how many are missing,
 * too many or of another number of events, and how many counters say another total. With `write` they are repaired.
 * Belongs to a transaction that lets no usage in meanwhile.
 */
export async function rebuildValues(client: pg.ClientBase, write: boolean): Promise<number> {
  await client.query(computeStatement);
  const { rows } = await client.query<{ different: number }>(
    'select count(*)::int as different from compared_values',
  );
  if (write) for (const statement of repairStatements) await client.query(statement);
  return rows[0]?.different ?? 0;
}

const key = 'organization_id, feature, client_id, window_start, window_end';
const isSame = (one: string, other: string) =>
  key
    .split(', ')
    .map((column) => `${one}.${column} = ${other}.${column}`)
    .join(' and ');

// One statement, so that totals and values are those of one moment. A row without a value is about a counter's total.
const computeStatement = `
create temporary table compared_values on commit drop as
with counters as (
  select counter.*, definition.content ->> 'valueField' as field
    from limit_counters counter join meters definition on definition.key = counter.feature
   where definition.content ->> 'aggregation' = 'unique_count'
),
said as (
  select ${key.replaceAll(/\w+/g, 'counter.$&')}, ${countedValue('event.properties ->> counter.field')} as value
    from counters counter
    join usage_events event
      on event.organization_id = counter.organization_id and event.meter = counter.feature and event.kind = 'usage'
     and event.occurred_at >= counter.window_start
     and event.occurred_at < coalesce(counter.counted_until, counter.window_end)
     and (counter.client_id = '00000000-0000-0000-0000-000000000000' or counter.client_id = event.client_id)
   where not exists (
     select from usage_events taken
      where taken.organization_id = event.organization_id and taken.meter = event.meter
        and taken.occurred_at = event.occurred_at and taken.adjusts_event_id = event.id and taken.kind = 'void')
),
computed as (
  select ${key}, value, count(*) as event_count from said where value is not null group by ${key}, value
),
totals as (
  select ${key}, count(*) as used from computed group by ${key}
)
select ${key}, value, coalesce(computed.event_count, 0) as actual
  from computed full join limit_counter_values stored using (${key}, value)
 where coalesce(computed.event_count, 0) <> coalesce(stored.event_count, 0)
union all
select ${key}, null, coalesce(totals.used, 0)
  from counters left join totals using (${key})
 where counters.used <> coalesce(totals.used, 0)`;

const repairStatements = [
  `delete from limit_counter_values stored using compared_values compared
    where ${isSame('stored', 'compared')} and stored.value = compared.value`,
  `insert into limit_counter_values (${key}, value, event_count)
   select ${key}, value, actual from compared_values where value is not null and actual > 0`,
  `update limit_counters counter set used = compared.actual from compared_values compared
    where ${isSame('counter', 'compared')} and compared.value is null`,
];
