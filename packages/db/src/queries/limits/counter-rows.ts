import { limitBeingCounted } from '@metergate/core/limits/limits.errors';
import type { CounterKey, ReadLevels } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { countValues } from './count-values.ts';
import { findCounters, nilClient, readerOf, spanOf } from './counter-lookup.ts';
import { usageTotal } from './usage-total.ts';

/** How a counter of a full window is made, of which every event has to be read. */
export interface Counting {
  /** Events of a part: while one is counted, nobody adds usage of a 64th of the organizations. */
  eventsPerPart: number;
  /** So long one caller goes on counting; who asks then goes on from there. */
  msMax: number;
}

const usualCounting: Counting = { eventsPerPart: 50_000, msMax: 5_000 };

/**
 * The levels without a lock; computed and kept first where a window was never asked about.
 * @throws LIMIT_BEING_COUNTED
 */
export async function readCounters(
  pool: pg.Pool,
  keys: readonly CounterKey[],
  counting?: Counting,
): Promise<ReadLevels> {
  const [first] = keys;
  if (first === undefined) throw new Error('somebody asked for no total');
  const scope = { organizationIds: [first.organizationId], counterLock: 'none' } as const;
  const read = () => inIngestTransaction(pool, scope, (client) => findCounters(client, keys));
  const known = await read();
  if ('levels' in known) return readerOf(known.levels);
  for (const key of known.missing) await ensureCounter(pool, key, counting);
  const computed = await read();
  if ('missing' in computed) throw new Error('a counter that was just made is missing');
  return readerOf(computed.levels);
}

/**
 * Computes a counter from the stored usage and the held reservations of its window. Exclusive against everybody who
 * adds usage, because what they add after our snapshot would otherwise be in neither. @throws LIMIT_BEING_COUNTED when
 * the events are too many for one call; the next goes on where this one ended
 */
export async function ensureCounter(
  pool: pg.Pool,
  key: CounterKey,
  { eventsPerPart, msMax }: Counting = usualCounting,
): Promise<void> {
  const scope = { organizationIds: [key.organizationId], counterLock: 'exclusive' } as const;
  if (key.aggregation !== 'unique_count') {
    await inIngestTransaction(pool, scope, (client) => keepSum(client, key));
    return;
  }
  const endsAt = performance.now() + msMax;
  for (;;) {
    const state = await inIngestTransaction(pool, scope, (client) => countValues(client, key, eventsPerPart));
    if (state === 'whole') return;
    if (performance.now() >= endsAt) throw limitBeingCounted(key.feature);
  }
}

async function keepSum(client: pg.ClientBase, key: CounterKey): Promise<void> {
  const { organizationId, feature, window, aggregation, clientId } = key;
  const used = await usageTotal(client, spanOf(key), aggregation);
  await client.query(
    `insert into limit_counters (organization_id, feature, client_id, window_start, window_end, used, reserved)
     select $1, $2, $6, $3, $4, greatest($5::numeric, 0), coalesce(sum(quantity), 0) from reservations
      where organization_id = $1 and feature = $2 and status = 'held' and created_at >= $3 and created_at < $4
        and ($6 = '${nilClient}'::uuid or client_id = $6)
     on conflict (organization_id, feature, client_id, window_start, window_end) do nothing`,
    [
      organizationId,
      feature,
      window.start.toISOString(),
      window.end.toISOString(),
      used,
      clientId ?? nilClient,
    ],
  );
}

/** Adds to (or takes from) what is held in every window the reservation was made in, of everybody and of its client. */
export async function addReserved(
  client: pg.ClientBase,
  change: {
    organizationId: string;
    feature: string;
    clientId: string | null;
    createdAt: Date;
    quantity: string;
  },
): Promise<void> {
  await client.query({
    name: 'add_reserved',
    text: `with locked as (
             select client_id, window_start, window_end from limit_counters
              where organization_id = $1 and feature = $2 and client_id = any($5::uuid[])
                and window_start <= $3 and $3 < window_end
              order by client_id, window_start, window_end for update)
           update limit_counters counter set reserved = reserved + $4::numeric from locked
            where counter.organization_id = $1 and counter.feature = $2 and counter.client_id = any($5::uuid[])
              and counter.window_start <= $3 and $3 < counter.window_end and counter.client_id = locked.client_id
              and counter.window_start = locked.window_start and counter.window_end = locked.window_end`,
    values: [
      change.organizationId,
      change.feature,
      change.createdAt.toISOString(),
      change.quantity,
      [nilClient, change.clientId ?? nilClient],
    ],
  });
}
