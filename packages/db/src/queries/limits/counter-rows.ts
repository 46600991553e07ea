import type { CounterKey, CounterLevels } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { canonical } from './decimal-text.ts';
import { usageTotal } from './usage-total.ts';

interface CounterRow {
  window_start: Date;
  window_end: Date;
  used: string;
  reserved: string;
}

/**
 * Locks every counter of the feature that usage between the two instants touches, oldest window first, like all
 * writers do. Answers the one of this window, or `undefined` when it was never computed.
 */
export async function lockCounter(
  client: pg.ClientBase,
  key: CounterKey,
  instants: readonly Date[],
): Promise<CounterLevels | undefined> {
  const times = instants.map((at) => at.getTime());
  const { rows } = await client.query<CounterRow>({
    name: 'lock_counter',
    text: `select window_start, window_end, used, reserved from limit_counters
            where organization_id = $1 and feature = $2 and client_id = '00000000-0000-0000-0000-000000000000'
              and window_start <= $4::timestamptz and $3::timestamptz < window_end
            order by window_start for update`,
    values: [key.organizationId, key.feature, isoOf(Math.min(...times)), isoOf(Math.max(...times))],
  });
  return levelsOf(rows, key);
}

/** The levels without a lock; computed and kept first when this window was never asked about. */
export async function readCounter(pool: pg.Pool, key: CounterKey): Promise<CounterLevels> {
  const scope = { organizationIds: [key.organizationId], counterLock: 'none' } as const;
  if (!['sum', 'count'].includes(key.aggregation)) {
    const { organizationId, feature: meter, window, aggregation } = key;
    const used = await inIngestTransaction(pool, scope, (client) =>
      usageTotal(client, { organizationId, meter, ...window }, aggregation),
    );
    return { used, reserved: '0' };
  }
  const read = () =>
    inIngestTransaction(pool, scope, async (client) => {
      const { rows } = await client.query<CounterRow>({
        name: 'read_counter',
        text: `select window_start, window_end, used, reserved from limit_counters
                where organization_id = $1 and feature = $2
                  and client_id = '00000000-0000-0000-0000-000000000000' and window_start = $3`,
        values: [key.organizationId, key.feature, key.window.start.toISOString()],
      });
      return levelsOf(rows, key);
    });
  const known = await read();
  if (known !== undefined) return known;
  await ensureCounter(pool, key);
  const computed = await read();
  if (computed === undefined) throw new Error('a counter that was just made is missing');
  return computed;
}

/**
 * Computes a counter from the stored usage and the held reservations of its window. Exclusive against everybody who
 * adds usage, because what they add after our snapshot would otherwise be in neither.
 */
export async function ensureCounter(pool: pg.Pool, key: CounterKey): Promise<void> {
  const { organizationId, feature, window, aggregation } = key;
  await inIngestTransaction(
    pool,
    { organizationIds: [organizationId], counterLock: 'exclusive' },
    async (client) => {
      const span = { organizationId, meter: feature, start: window.start, end: window.end };
      const used = await usageTotal(client, span, aggregation);
      await client.query(
        `insert into limit_counters (organization_id, feature, window_start, window_end, used, reserved)
         select $1, $2, $3, $4, greatest($5::numeric, 0), coalesce(sum(quantity), 0) from reservations
          where organization_id = $1 and feature = $2 and status = 'held' and created_at >= $3 and created_at < $4
         on conflict (organization_id, feature, client_id, window_start) do update
           set window_end = excluded.window_end, used = excluded.used, reserved = excluded.reserved
         where limit_counters.window_end <> excluded.window_end`,
        [organizationId, feature, window.start.toISOString(), window.end.toISOString(), used],
      );
    },
  );
}

/** Adds to (or takes from) what is held in every window the reservation was made in. */
export async function addReserved(
  client: pg.ClientBase,
  change: { organizationId: string; feature: string; createdAt: Date; quantity: string },
): Promise<void> {
  await client.query({
    name: 'add_reserved',
    text: `update limit_counters set reserved = reserved + $4::numeric
            where organization_id = $1 and feature = $2 and window_start <= $3 and $3 < window_end`,
    values: [change.organizationId, change.feature, change.createdAt.toISOString(), change.quantity],
  });
}

function levelsOf(rows: readonly CounterRow[], key: CounterKey): CounterLevels | undefined {
  const row = rows.find(
    ({ window_start, window_end }) =>
      window_start.getTime() === key.window.start.getTime() &&
      window_end.getTime() === key.window.end.getTime(),
  );
  if (row === undefined) return undefined;
  return { used: canonical(row.used), reserved: canonical(row.reserved) };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
