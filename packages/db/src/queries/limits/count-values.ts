import type { CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { countedValue } from '../ingest/counted-value.ts';
import { countedField, countedValues, queryWithRoom } from '../usage/distinct-values.ts';
import { nilClient } from './counter-lookup.ts';

/**
 * Writes down the values that a counter of different values counts, from the events of its window, and answers how
 * many there are; `undefined` when the counter exists already. Under the exclusive counter lock.
 */
export async function countValues(client: pg.ClientBase, key: CounterKey): Promise<string | undefined> {
  const { organizationId, feature, window, clientId } = key;
  const row = [
    organizationId,
    feature,
    clientId ?? nilClient,
    window.start.toISOString(),
    window.end.toISOString(),
  ];
  const { rowCount } = await client.query({ name: 'find_counter', text: findStatement, values: row });
  if (rowCount !== 0) return undefined;
  await client.query({ name: 'forget_values', text: forgetStatement, values: row });
  const [made] = await queryWithRoom<{ count: string }>(client, makeStatement(clientId !== undefined), row);
  return made?.count ?? '0';
}

const isCounter = `
 where organization_id = $1 and feature = $2 and client_id = $3 and window_start = $4 and window_end = $5`;

const findStatement = `select 1 from limit_counters ${isCounter}`;

/** What a counter that was taken away may have left. */
const forgetStatement = `delete from limit_counter_values ${isCounter}`;

const makeStatement = (isOfClient: boolean) => `
with made as (
  insert into limit_counter_values (organization_id, feature, client_id, window_start, window_end, value, event_count)
  select $1::uuid, $2, $3::uuid, $4::timestamptz, $5::timestamptz, value, count(*)
    from (
      select ${countedValue('value')} as value
        from (${countedValues(['$1::uuid', '$2', '$4::timestamptz', '$5::timestamptz'])}) as counted
       where value is not null ${isOfClient ? 'and client_id = $3::uuid' : ''}
    ) as said
   group by value order by value
  returning 1
)
select count(*)::text as count from made`;

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
     and counter.window_start <= event.occurred_at and event.occurred_at < counter.window_end
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
