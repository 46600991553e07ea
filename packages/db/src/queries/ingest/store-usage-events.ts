import type { UsageWriteOutcome } from '@metergate/core/usage/usage.ports';
import type pg from 'pg';
import { isDataError } from './database-failure.ts';
import { type CommitHooks, inIngestTransaction } from './ingest-transaction.ts';
import {
  compareTaken,
  findStoredHashes,
  type InsertOutcome,
  insertNewEvents,
  rowsAt,
} from './insert-usage-events.ts';
import type { UsageRow } from './usage-row.ts';

export interface StoreUsageOptions {
  pool: pg.Pool;
  recordedAt: Date;
  hooks?: CommitHooks;
}

/** Rounds that unclear rows are asked again; each needs yet another concurrent writer of the same id. */
const roundsMax = 20;

/**
 * Stores a batch of any size up to some thousands and answers in its order, after the commit. The same id may
 * appear several times: the first of them is stored, the others are compared with it. A row whose data the
 * database refuses is found by halving and does not take its neighbors down.
 */
export async function storeUsageEvents(
  options: StoreUsageOptions,
  rows: readonly UsageRow[],
): Promise<UsageWriteOutcome[]> {
  const outcomes = new Array<UsageWriteOutcome | undefined>(rows.length).fill(undefined);
  for (let round = 1; round <= roundsMax; round += 1) {
    const first = firstOfEachId(rows, outcomes);
    if (first.size === 0) return outcomes.map((outcome) => outcome ?? 'not_storable');
    const indexes = [...first.values()];
    const answers = await storeDistinct(
      options,
      indexes.map((index) => rows[index]).filter((row) => row !== undefined),
    );
    indexes.forEach((index, n) => {
      const answer = answers[n];
      if (answer !== undefined && answer !== 'unknown') outcomes[index] = answer;
    });
    settleFollowers(rows, outcomes, first);
  }
  throw new Error('usage events stayed undecided');
}

type DistinctOutcome = InsertOutcome | 'not_storable';

async function storeDistinct(
  options: StoreUsageOptions,
  rows: readonly UsageRow[],
): Promise<DistinctOutcome[]> {
  const organizationIds = [...new Set(rows.map((row) => row.organizationId))];
  const { pool, recordedAt, hooks } = options;
  try {
    const taken = await inIngestTransaction(
      pool,
      { organizationIds, counterLock: 'shared', ...(hooks === undefined ? {} : { hooks }) },
      async (client, commit) => {
        // No answer changes what is to be committed: the commit travels right behind the statement.
        const [found] = await Promise.all([insertNewEvents(client, rows, recordedAt), commit()]);
        return found;
      },
    );
    return await outcomesOf(pool, rows, taken);
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (rows.length === 1) return ['not_storable'];
    const middle = Math.ceil(rows.length / 2);
    return [
      ...(await storeDistinct(options, rows.slice(0, middle))),
      ...(await storeDistinct(options, rows.slice(middle))),
    ];
  }
}

/** What was taken is looked at after the commit: an event that was retired meanwhile is asked again. */
async function outcomesOf(
  pool: pg.Pool,
  rows: readonly UsageRow[],
  taken: readonly number[],
): Promise<DistinctOutcome[]> {
  if (taken.length === 0) return new Array<DistinctOutcome>(rows.length).fill('accepted');
  const asked = rowsAt(rows, taken);
  const organizationIds = [...new Set(asked.map((row) => row.organizationId))];
  const stored = await inIngestTransaction(pool, { organizationIds, counterLock: 'none' }, (client) =>
    findStoredHashes(client, asked),
  );
  return compareTaken(rows, taken, stored);
}

/** Key → index of the first row that has it and is still undecided. */
function firstOfEachId(
  rows: readonly UsageRow[],
  outcomes: readonly (UsageWriteOutcome | undefined)[],
): Map<string, number> {
  const first = new Map<string, number>();
  rows.forEach((row, index) => {
    if (outcomes[index] === undefined && !first.has(keyOf(row))) first.set(keyOf(row), index);
  });
  return first;
}

/**
 * Decides what the first row of an id already settles: equal content shares its fate, other content meets a taken
 * id. Where the stored content is a third one, nothing is known and the next round asks.
 */
function settleFollowers(
  rows: readonly UsageRow[],
  outcomes: (UsageWriteOutcome | undefined)[],
  first: ReadonlyMap<string, number>,
): void {
  rows.forEach((row, index) => {
    const leaderIndex = first.get(keyOf(row));
    if (outcomes[index] !== undefined || leaderIndex === undefined) return;
    const leader = rows[leaderIndex];
    const fate = outcomes[leaderIndex];
    if (leader === undefined || fate === undefined || fate === 'not_storable') return;
    const isEqual = leader.payloadHash === row.payloadHash;
    if (isEqual) outcomes[index] = fate === 'id_reused' ? 'id_reused' : 'duplicate';
    else if (fate !== 'id_reused') outcomes[index] = 'id_reused';
  });
}

function keyOf(row: UsageRow): string {
  return row.organizationId + row.id;
}
