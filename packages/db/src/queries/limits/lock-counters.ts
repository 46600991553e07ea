import type { CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { plainArray, textArray } from '../array-literal.ts';
import type { Statement } from '../ingest/one-message.ts';
import {
  type CounterRow,
  type CountersFound,
  counterColumns,
  levelsOf,
  namesOf,
  nilClient,
  type TouchedUsage,
} from './counter-lookup.ts';
import { notAsForeseen } from './refuse-unless.ts';

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
      : { name: 'lock_more_counters', text: lockMore(6), values: [...own, ...others] },
  );
  return await levelsOf(client, rows, keys);
}

export interface Guess {
  keys: Keys;
  touched: TouchedUsage;
  expected: readonly CounterRow[];
}

/**
 * Locks the same counters and ends the transaction unless they are the rows expected and show what is expected: a
 * statement that needs no answer before others follow it. Fails with `notAsForeseen`.
 */
export function lockForeseen({ keys, touched, expected }: Guess): Statement {
  const { own, others } = parametersOf(keys, touched);
  const values = [...own, ...expectedColumns(expected)];
  if (others === undefined) return { name: 'lock_foreseen', text: refuseUnlessForeseen(lockOwn), values };
  return {
    name: 'lock_more_foreseen',
    text: refuseUnlessForeseen(lockMore(values.length + 1)),
    values: [...values, ...others],
  };
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

function expectedColumns(rows: readonly CounterRow[]): string[] {
  return [
    textArray(rows.map((row) => row.feature)),
    plainArray(rows.map((row) => row.client_id)),
    plainArray(rows.map((row) => row.window_start.toISOString())),
    plainArray(rows.map((row) => row.window_end.toISOString())),
    plainArray(rows.map((row) => row.used)),
    plainArray(rows.map((row) => row.reserved)),
  ];
}

// $1 organization, $2 feature, $3 clients, $4 and $5 the first and the last instant.
const ownRows = `organization_id = $1 and feature = $2 and client_id = any($3::uuid[])
    and window_start <= $5::timestamptz and $4::timestamptz < window_end`;

const lockOwn = `
  select ${counterColumns} from limit_counters where ${ownRows}
   order by feature, client_id, window_start, window_end for update`;

/**
 * The names first, each by key, and then one lock after the other: asked for in one condition, all counters of the
 * organization would be read, and there is one for each client and window.
 */
function lockMore(from: number): string {
  const [features, clients, starts] = [from, from + 1, from + 2].map((n) => `$${n}`);
  const isSame = 'organization_id = $1 and feature = wanted.feature and client_id = wanted.client_id';
  return `
  select counter.* from (
    select feature, client_id, window_start, window_end from limit_counters where ${ownRows}
    union
    select wanted.feature, wanted.client_id, wanted.start, found.window_end
      from unnest(${features}::text[], ${clients}::uuid[], ${starts}::timestamptz[]) as wanted (feature, client_id, start)
     cross join lateral (
       select window_end from limit_counters where ${isSame} and window_start = wanted.start offset 0) as found
     order by feature, client_id, window_start, window_end
  ) as wanted cross join lateral (
    select ${counterColumns} from limit_counters
     where ${isSame} and window_start = wanted.window_start and window_end = wanted.window_end
    offset 0 for update) as counter`;
}

function refuseUnlessForeseen(lock: string): string {
  return `
  with locked as materialized (${lock}),
  expected as (
    select * from unnest($6::text[], $7::uuid[], $8::timestamptz[], $9::timestamptz[], $10::numeric[], $11::numeric[])
      as row (${counterColumns})),
  equal as (select count(*) from locked join expected using (${counterColumns}))
  select refuse_unless(
    (select count(*) from locked) = (table equal) and (select count(*) from expected) = (table equal), '${notAsForeseen}')`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
