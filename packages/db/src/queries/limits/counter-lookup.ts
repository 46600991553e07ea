import { counterName, isKept } from '@metergate/core/limits/counter-key';
import type { CounterKey, CounterLevels, ReadLevels } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { plainArray, textArray } from '../array-literal.ts';
import { canonical } from './decimal-text.ts';
import { usageTotals } from './usage-total.ts';

/** Stands for the organization itself where a row is of one client or of none. */
export const nilClient = '00000000-0000-0000-0000-000000000000';

/** Levels by `counterName` and the rows they stand in, or the totals that were never computed. */
export type CountersFound =
  | { levels: Map<string, CounterLevels>; rows: readonly CounterRow[] }
  | { missing: CounterKey[] };

/** Reads what was found; to ask for anything else is a mistake. */
export function readerOf(levels: ReadonlyMap<string, CounterLevels>): ReadLevels {
  return (key) => {
    const found = levels.get(counterName(key));
    if (found === undefined) throw new Error(`a decision read a total that it had not named: ${key.feature}`);
    return found;
  };
}

export interface CounterRow {
  feature: string;
  client_id: string;
  window_start: Date;
  window_end: Date;
  used: string;
  reserved: string;
  /** Up to where it counts the events of its window, while it is being made or taken away; null = it is whole. */
  counted_until: Date | null;
}

/** What is about to be written besides the totals that are read: whose usage, and when it happened. */
export interface TouchedUsage {
  clientIds: readonly (string | null)[];
  instants: readonly Date[];
}

export const counterColumns = 'feature, client_id, window_start, window_end, used, reserved, counted_until';

/** The same rule as that of the statement. */
export function isTouchedBy(row: CounterRow, { clientIds, instants }: TouchedUsage): boolean {
  if (row.client_id !== nilClient && !clientIds.includes(row.client_id)) return false;
  const times = instants.map((at) => at.getTime());
  return row.window_start.getTime() <= Math.max(...times) && Math.min(...times) < row.window_end.getTime();
}

/** Parameters that name counters: features, clients, beginnings of windows. */
export function namesOf(keys: readonly CounterKey[]): string[] {
  return [
    textArray(keys.map(({ feature }) => feature)),
    plainArray(keys.map(({ clientId }) => clientId ?? nilClient)),
    plainArray(keys.map(({ window }) => window.start.toISOString())),
  ];
}

export async function findCounters(
  client: pg.ClientBase,
  keys: readonly CounterKey[],
): Promise<CountersFound> {
  const organizationId = keys[0]?.organizationId;
  const kept = keys.filter(isKept);
  if (kept.length === 0) return await levelsOf(client, [], keys);
  const { rows } = await client.query<CounterRow>({
    name: 'read_counters',
    // One by one (`offset 0`): joined, all counters of the organization are read, and there is one for each client.
    text: `select counter.* from unnest($2::text[], $3::uuid[], $4::timestamptz[]) as wanted (feature, client_id, start)
             cross join lateral (
               select ${counterColumns} from limit_counters
                where organization_id = $1 and feature = wanted.feature and client_id = wanted.client_id
                  and window_start = wanted.start offset 0
             ) as counter`,
    values: [organizationId, ...namesOf(kept)],
  });
  return await levelsOf(client, rows, keys);
}

/** Whether nobody has moved a total. */
export function areSameLevels(one: CounterRow, other: CounterRow): boolean {
  return (
    canonical(one.used) === canonical(other.used) && canonical(one.reserved) === canonical(other.reserved)
  );
}

/** The levels of those keys whose rows are given and whole. */
export function levelsIn(
  rows: readonly CounterRow[],
  keys: readonly CounterKey[],
): Map<string, CounterLevels> {
  const found = new Map(rows.map((row) => [rowName(row), row]));
  return new Map(
    keys.flatMap((key) => {
      const row = found.get(rowNameOf(key));
      const isWhole = row !== undefined && row.counted_until === null;
      return isWhole ? [[counterName(key), levelsOfRow(row)] as const] : [];
    }),
  );
}

function levelsOfRow({ used, reserved }: CounterRow): CounterLevels {
  return { used: canonical(used), reserved: canonical(reserved) };
}

export async function levelsOf(
  client: pg.ClientBase,
  rows: readonly CounterRow[],
  keys: readonly CounterKey[],
): Promise<CountersFound> {
  const levels = levelsIn(rows, keys.filter(isKept));
  const missing = keys.filter((key) => isKept(key) && !levels.has(counterName(key)));
  if (missing.length > 0) return { missing };
  const computed = keys.filter((key) => !isKept(key));
  const [first] = computed;
  if (first === undefined) return { levels, rows };
  const totals = await usageTotals(client, first.organizationId, computed.map(spanOf));
  for (const [n, key] of computed.entries()) {
    levels.set(counterName(key), { used: totals[n] ?? '0', reserved: '0' });
  }
  return { levels, rows };
}

export function rowName({ feature, client_id, window_start, window_end }: CounterRow): string {
  return `${feature} ${client_id} ${window_start.getTime()} ${window_end.getTime()}`;
}

export function rowNameOf({ feature, clientId, window }: CounterKey): string {
  return `${feature} ${clientId ?? nilClient} ${window.start.getTime()} ${window.end.getTime()}`;
}

export function spanOf({ organizationId, feature, window, aggregation, clientId }: CounterKey) {
  return {
    organizationId,
    meter: feature,
    aggregation,
    ...window,
    ...(clientId === undefined ? {} : { clientId }),
  };
}
