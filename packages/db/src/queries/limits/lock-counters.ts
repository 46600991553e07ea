import type { CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { plainArray } from '../array-literal.ts';
import {
  type CounterRow,
  type CountersFound,
  counterColumns,
  levelsOf,
  namesOf,
  nilClient,
  type TouchedUsage,
} from './counter-lookup.ts';

type Keys = readonly [CounterKey, ...CounterKey[]];

/**
 * Locks every counter that the usage touches and every further one that the decision reads, in the one order in
 * which all writers take them. Totals that are no plain sums have no counter and are computed.
 */
export async function lockCounters(
  client: pg.ClientBase,
  keys: Keys,
  touched: TouchedUsage,
): Promise<CountersFound> {
  const { own, others } = parametersOf(keys, touched);
  const { rows } = await client.query<CounterRow>(
    others === undefined
      ? { name: 'lock_counters', text: lockOwn, values: own }
      : { name: 'lock_more_counters', text: lockMore, values: [...own, ...others] },
  );
  return await levelsOf(client, rows, keys);
}

function parametersOf(keys: Keys, { instants, clientIds }: TouchedUsage) {
  const [key, ...others] = keys;
  const times = instants.map((at) => at.getTime());
  const clients = [...new Set([nilClient, ...clientIds.map((id) => id ?? nilClient)])];
  const span = [isoOf(Math.min(...times)), isoOf(Math.max(...times))];
  return {
    own: [key.organizationId, key.feature, plainArray(clients), ...span],
    others: others.length === 0 ? undefined : namesOf(others),
  };
}

// $1 organization, $2 feature, $3 clients, $4 and $5 the first and the last instant.
const ownRows = `organization_id = $1 and feature = $2 and client_id = any($3::uuid[])
    and window_start <= $5::timestamptz and $4::timestamptz < window_end`;

const lockOwn = `
  select ${counterColumns} from limit_counters where ${ownRows}
   order by feature, client_id, window_start, window_end for update`;

// $6 to $8 name the others. The names first, each by key, and then one lock after the other: asked for in one condition,
// all counters of the organization would be read, and there is one for each client and window.
const isSame = 'organization_id = $1 and feature = wanted.feature and client_id = wanted.client_id';
const lockMore = `
  select counter.* from (
    select feature, client_id, window_start, window_end from limit_counters where ${ownRows}
    union
    select wanted.feature, wanted.client_id, wanted.start, found.window_end
      from unnest($6::text[], $7::uuid[], $8::timestamptz[]) as wanted (feature, client_id, start)
     cross join lateral (
       select window_end from limit_counters where ${isSame} and window_start = wanted.start offset 0) as found
     order by feature, client_id, window_start, window_end
  ) as wanted cross join lateral (
    select ${counterColumns} from limit_counters
     where ${isSame} and window_start = wanted.window_start and window_end = wanted.window_end
    offset 0 for update) as counter`;

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
