import type { CounterKey } from '@metergate/core/limits/limits.ports';
import { plainArray, textArray } from '../array-literal.ts';
import type { Statement } from '../ingest/one-message.ts';
import { notAsForeseen } from '../ingest/refuse-unless.ts';
import { type CounterRow, isTouchedBy, nilClient, type TouchedUsage } from './counter-lookup.ts';

/** What the counters of one queue should show: those that its usage touches and those that its decisions read. */
export interface Guess {
  key: CounterKey;
  touched: TouchedUsage;
  expected: readonly CounterRow[];
}

/**
 * Locks what is expected, in the one order in which all writers take counters, and ends the transaction unless each is
 * there and whole, shows what is expected, and no further counter is touched: a statement that needs no answer before others
 * follow it. Nobody waits for a lock, because whoever holds it moves the total. Fails with `notAsForeseen`.
 */
export function lockForeseen(guesses: readonly Guess[]): Statement {
  const expected = guesses.flatMap(({ key, expected }) =>
    expected.map((row) => ({ row, organizationId: key.organizationId })),
  );
  const touched = guesses.flatMap(touchedCounters);
  const touchedCount = guesses.reduce((count, guess) => count + touchedRows(guess).length, 0);
  return {
    name: 'lock_foreseen',
    text: statement,
    values: [
      plainArray(expected.map(({ organizationId }) => organizationId)),
      textArray(expected.map(({ row }) => row.feature)),
      plainArray(expected.map(({ row }) => row.client_id)),
      plainArray(expected.map(({ row }) => row.window_start.toISOString())),
      plainArray(expected.map(({ row }) => row.window_end.toISOString())),
      plainArray(expected.map(({ row }) => row.used)),
      plainArray(expected.map(({ row }) => row.reserved)),
      plainArray(touched.map(({ organizationId }) => organizationId)),
      textArray(touched.map(({ feature }) => feature)),
      plainArray(touched.map(({ clientId }) => clientId)),
      plainArray(touched.map(({ first }) => first)),
      plainArray(touched.map(({ last }) => last)),
      String(touchedCount),
    ],
  };
}

function touchedRows({ key, touched, expected }: Guess): CounterRow[] {
  return expected.filter((row) => row.feature === key.feature && isTouchedBy(row, touched));
}

function touchedCounters({ key: { organizationId, feature }, touched: { clientIds, instants } }: Guess) {
  const times = instants.map((at) => at.getTime());
  const first = new Date(Math.min(...times)).toISOString();
  const last = new Date(Math.max(...times)).toISOString();
  const clients = new Set([nilClient, ...clientIds.map((id) => id ?? nilClient)]);
  return [...clients].map((clientId) => ({ organizationId, feature, clientId, first, last }));
}

// Counters cannot appear between the two parts: whoever makes one holds the counter lock alone. Each is found by its
// key (`offset 0`): joined, all counters of the organization would be read.
const statement = `
with locked as materialized (
  select counter.used = expected.used and counter.reserved = expected.reserved
           and counter.counted_until is null as is_equal
    from (select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::numeric[],
                               $7::numeric[])
                     as row (organization_id, feature, client_id, window_start, window_end, used, reserved)
           order by organization_id, feature, client_id, window_start, window_end) as expected
   cross join lateral (
     select used, reserved, counted_until from limit_counters
      where organization_id = expected.organization_id and feature = expected.feature
        and client_id = expected.client_id and window_start = expected.window_start
        and window_end = expected.window_end
     offset 0 for update nowait) as counter
),
touched as (
  select count(*) as count
    from unnest($8::uuid[], $9::text[], $10::uuid[], $11::timestamptz[], $12::timestamptz[])
           as usage (organization_id, feature, client_id, first, last)
   cross join lateral (
     select from limit_counters
      where organization_id = usage.organization_id and feature = usage.feature and client_id = usage.client_id
        and window_start <= usage.last and usage.first < window_end
     offset 0) as counter
)
select refuse_unless((select count(*) from locked where is_equal) = cardinality($1::uuid[])
                     and (select count from touched) = $13::int, '${notAsForeseen}')`;
