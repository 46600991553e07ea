import type { CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { countedValue } from '../ingest/counted-value.ts';
import { countedField, countedValues, queryWithRoom } from '../usage/distinct-values.ts';
import { nilClient } from './counter-lookup.ts';

/** Where a counter of different values is found. */
type CounterRowKey = [organization: string, feature: string, client: string, start: string, end: string];

/**
 * Makes the next part of a counter of different values from the events of its window, and answers whether it is whole.
 * Under the exclusive counter lock, which is held for a part only: what a part has counted, all who add or take back
 * usage move from then on; what lies behind it is found by the next.
 */
export async function countValues(
  client: pg.ClientBase,
  key: CounterKey,
  eventsMax: number,
): Promise<'whole' | 'begun'> {
  const row = rowKeyOf(key);
  const counter = await findCounter(client, row);
  if (counter !== undefined && counter.counted_until === null) return 'whole';
  const from = counter?.counted_until ?? key.window.start;
  if (from <= key.window.start && !(await forgetLeft(client, row, eventsMax))) {
    await client.query(countStatement, [...row, '0', from.toISOString()]);
    return 'begun';
  }
  const until = await endOfPart(client, key, { from, eventsMax });
  const part = [...row, from.toISOString(), (until ?? key.window.end).toISOString()];
  const [counted] = await queryWithRoom<{ count: string }>(client, partStatement(key), part);
  await client.query(countStatement, [...row, counted?.count ?? '0', until?.toISOString() ?? null]);
  return until === null ? 'whole' : 'begun';
}

function rowKeyOf({ organizationId, feature, window, clientId }: CounterKey): CounterRowKey {
  const { start, end } = window;
  return [organizationId, feature, clientId ?? nilClient, start.toISOString(), end.toISOString()];
}

async function findCounter(client: pg.ClientBase, row: CounterRowKey) {
  const { rows } = await client.query<{ counted_until: Date | null }>({
    name: 'find_counter',
    text: `select counted_until from limit_counters ${isCounter} for update`,
    values: row,
  });
  return rows[0];
}

/** Whether nothing is left of a counter that was taken away. */
async function forgetLeft(client: pg.ClientBase, row: CounterRowKey, valuesMax: number): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'forget_values',
    text: forgetStatement,
    values: [...row, valuesMax],
  });
  return (rowCount ?? 0) < valuesMax;
}

/** The instant at which so many events have come together; null = the rest of the window is no more. */
async function endOfPart(
  client: pg.ClientBase,
  { organizationId, feature, window }: CounterKey,
  { from, eventsMax }: { from: Date; eventsMax: number },
): Promise<Date | null> {
  const { rows } = await client.query<{ occurred_at: Date }>(
    `select occurred_at from usage_events
            where organization_id = $1 and meter = $2 and occurred_at >= $3 and occurred_at < $4
            order by occurred_at offset $5 limit 1`,
    [organizationId, feature, from.toISOString(), window.end.toISOString(), eventsMax],
  );
  const [found] = rows;
  if (found === undefined) return null;
  // Events of one instant are one part, however many they are.
  const until = new Date(Math.max(found.occurred_at.getTime(), from.getTime() + 1));
  return until < window.end ? until : null;
}

const keyColumns = 'organization_id, feature, client_id, window_start, window_end';

const isCounter = `
 where organization_id = $1 and feature = $2 and client_id = $3 and window_start = $4 and window_end = $5`;

/** Values of one counter, a number of them at a time; a value that somebody is writing again is not one of them. */
const forgetStatement = `
delete from limit_counter_values ${isCounter}
   and value = any (array(select value from limit_counter_values ${isCounter} limit $6))`;

// Nobody else writes these values meanwhile, so what is there is moved in its place and what is not is made: `on conflict`
// takes three times as long. Each value is found by its key (`offset 0`), because a join reads all that the counter has.
// A value is new when all its events are those of this part.
const partStatement = ({ clientId }: CounterKey) => `
with part as (
  select value, count(*) as event_count
    from (
      select ${countedValue('value')} as value
        from (${countedValues(['$1::uuid', '$2', '$6::timestamptz', '$7::timestamptz'])}) as counted
       where value is not null ${clientId === undefined ? '' : 'and client_id = $3::uuid'}
    ) as said
   group by value order by value
),
found as (
  select part.value, part.event_count, counted.place
    from part left join lateral (
      select ctid as place from limit_counter_values ${isCounter} and value = part.value offset 0) as counted on true
),
moved as (
  update limit_counter_values counted set event_count = counted.event_count + found.event_count
    from found where counted.ctid = found.place
  returning counted.event_count = found.event_count as is_new
),
made as (
  insert into limit_counter_values (${keyColumns}, value, event_count)
  select $1::uuid, $2, $3::uuid, $4::timestamptz, $5::timestamptz, value, event_count
    from found where place is null order by value
  returning 1
)
select ((select count(*) from moved where is_new) + (select count(*) from made))::text as count`;

/** What is held is summed up when the row is made; from then on whoever holds or gives back moves it. */
const countStatement = `
insert into limit_counters (${keyColumns}, used, counted_until, reserved)
select $1, $2, $3, $4, $5, $6::numeric, $7::timestamptz, coalesce(sum(quantity), 0) from reservations
 where organization_id = $1 and feature = $2 and status = 'held' and created_at >= $4 and created_at < $5
   and ($3 = '${nilClient}'::uuid or client_id = $3)
on conflict (${keyColumns}) do update set
  used = limit_counters.used + excluded.used, counted_until = excluded.counted_until`;

/**
 * After the event ($1 organization, $2 id, $3 now) was taken back: its value has one event less in each counter that
 * counts it, and those in which it was the last count one value less. A statement of its own, after the counters are
 * locked, so that it sees what was added while they were waited for.
 */
export const takeValueBack = `
with taken as (
  select counter.organization_id, counter.feature, counter.client_id, counter.window_start, counter.window_end,
         ${countedValue('event.value')} as value
    from (
      select organization_id, meter, occurred_at, client_id, properties ->> ${countedField('meter')} as value
        from usage_events where organization_id = $1::uuid and id = $2
    ) as event
    join limit_counters counter
      on counter.organization_id = event.organization_id and counter.feature = event.meter
     and counter.client_id in ('${nilClient}', event.client_id)
     and counter.window_start <= event.occurred_at
     and event.occurred_at < coalesce(counter.counted_until, counter.window_end)
), counted as (
  update limit_counter_values counted set event_count = counted.event_count - 1
    from taken
   where counted.organization_id = taken.organization_id and counted.feature = taken.feature
     and counted.client_id = taken.client_id and counted.window_start = taken.window_start
     and counted.window_end = taken.window_end and counted.value = taken.value and counted.event_count > 0
  returning counted.*
)
update limit_counters counter set used = counter.used - 1, updated_at = $3::timestamptz
  from counted
 where counted.event_count = 0
   and counter.organization_id = counted.organization_id and counter.feature = counted.feature
   and counter.client_id = counted.client_id and counter.window_start = counted.window_start
   and counter.window_end = counted.window_end`;
