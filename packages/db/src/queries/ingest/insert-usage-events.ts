import type pg from 'pg';
import { textArray } from '../array-literal.ts';
import { type UsageRow, usageRowColumns } from './usage-row.ts';
import { addingUp, countingValues } from './usage-statements.ts';

/**
 * `unknown` = the id was taken, and its event was gone when its content was looked at: the row is asked again.
 */
export type InsertOutcome = 'accepted' | 'duplicate' | 'id_reused' | 'unknown';

/**
 * One statement per batch: events, then counters, then buckets. Everything is written in key order and in this
 * order of tables, here and wherever else usage is counted, so that concurrent batches wait instead of deadlocking.
 * Ids must be distinct within the batch. A counter is the organization's (nil) or one client's. Counters that do not
 * exist yet are not made here: whoever needs one first computes it from the stored usage. An id whose event was retired
 * is as taken as any other. A batch with usage of meters that count different values runs a longer statement.
 */
export async function insertUsageEvents(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
  recordedAt: Date,
): Promise<InsertOutcome[]> {
  const taken = await insertNewEvents(client, rows, recordedAt);
  if (taken.length === 0) return new Array<InsertOutcome>(rows.length).fill('accepted');
  return compareTaken(rows, taken, await findStoredHashes(client, rowsAt(rows, taken)));
}

/** The statement alone: stores what is new and answers the indexes of the rows whose ids were taken. */
export async function insertNewEvents(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
  recordedAt: Date,
): Promise<number[]> {
  const values = [...usageRowColumns(rows), addingOf(rows), recordedAt.toISOString()];
  const counting = rows.flatMap(({ meter, aggregation }) => (aggregation === 'unique_count' ? [meter] : []));
  const result = await client.query<{ inserted: string[] | null }>(
    counting.length === 0
      ? { name: 'insert_usage_events', text: addingUp, values }
      : {
          name: 'insert_usage_events_counting_values',
          text: countingValues,
          values: [...values, textArray([...new Set(counting)])],
        },
  );
  const inserted = result.rows[0]?.inserted;
  if (inserted == null) return [];
  const isInserted = new Set(inserted);
  return rows.flatMap((row, index) => (isInserted.has(row.organizationId + row.id) ? [] : [index]));
}

/** What `insertNewEvents` left out is compared with what its ids stand for. */
export function compareTaken(
  rows: readonly UsageRow[],
  taken: readonly number[],
  stored: readonly (string | undefined)[],
): InsertOutcome[] {
  const outcomes = new Array<InsertOutcome>(rows.length).fill('accepted');
  taken.forEach((index, n) => {
    const hash = stored[n];
    outcomes[index] = hash === undefined ? 'unknown' : outcomeOf(hash === rows[index]?.payloadHash);
  });
  return outcomes;
}

export function rowsAt(rows: readonly UsageRow[], indexes: readonly number[]): UsageRow[] {
  return indexes.flatMap((index) => rows[index] ?? []);
}

/** How each meter adds to its counters: `{ organization meter: sum | count }`. */
function addingOf(rows: readonly UsageRow[]): string {
  const adding = new Map<string, string>();
  for (const { organizationId, meter, aggregation } of rows) adding.set(organizationId + meter, aggregation);
  return JSON.stringify(Object.fromEntries(adding));
}

function outcomeOf(isEqual: boolean): InsertOutcome {
  return isEqual ? 'duplicate' : 'id_reused';
}

/**
 * What the ids stand for, in hexadecimal; asked only for ids that were taken, by a statement of its own that also sees
 * what was committed while the other one ran.
 */
export async function findStoredHashes(
  client: pg.ClientBase,
  rows: readonly UsageRow[],
): Promise<(string | undefined)[]> {
  const result = await client.query<{ position: string; hash: string | null }>({
    name: 'find_stored_hashes',
    text: hashesStatement,
    values: [rows.map((row) => row.organizationId), rows.map((row) => row.id)],
  });
  const hashes = new Array<string | undefined>(rows.length).fill(undefined);
  for (const { position, hash } of result.rows) hashes[Number(position) - 1] = hash ?? undefined;
  return hashes;
}

// `order by id limit 1` over a range of one id: only the primary key delivers that order. Where a table was never
// analyzed, its other index promises one row of the organization as well, and reading every event of it follows.
const hashesStatement = `
select wanted.position, encode(coalesce(stored.payload_hash, retired.payload_hash), 'hex') as hash
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (organization_id, id, position)
  left join lateral (
    select payload_hash from usage_events
     where organization_id = wanted.organization_id and id >= wanted.id and id <= wanted.id order by id limit 1
  ) as stored on true
  left join lateral (
    select payload_hash from retired_usage_events
     where organization_id = wanted.organization_id and id = wanted.id limit 1
  ) as retired on true`;
