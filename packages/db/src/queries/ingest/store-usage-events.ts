import type { UsageWriteOutcome } from '@metergate/core/usage/usage.ports';
import type pg from 'pg';
import { isDataError } from './database-failure.ts';
import { enterBackfills } from './enter-backfills.ts';
import { type CommitHooks, inIngestTransaction } from './ingest-transaction.ts';
import {
  compareTaken,
  findStoredHashes,
  type InsertOutcome,
  insertNewEvents,
  rowsAt,
} from './insert-usage-events.ts';
import type { Newness } from './newness.ts';
import { storeBelievedNew } from './store-believed-new.ts';
import type { UsageRow } from './usage-row.ts';

export interface StoreUsageOptions {
  pool: pg.Pool;
  recordedAt: Date;
  hooks?: CommitHooks;
  /** Whether ids have been new lately; without it every batch finds out. */
  newness?: Newness | undefined;
}

/** More are stored by the statement that finds out what is new: what was sent in vain would cost too much. */
const believedMax = 250;

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

type DistinctOutcome = InsertOutcome | 'not_storable' | 'backfill_reverted';

async function storeDistinct(
  options: StoreUsageOptions,
  rows: readonly UsageRow[],
): Promise<DistinctOutcome[]> {
  const organizationIds = [...new Set(rows.map((row) => row.organizationId))];
  const { pool, recordedAt, hooks } = options;
  try {
    if (await isStoredAsNew(options, rows)) return rows.map(() => 'accepted');
    const { open, taken } = await inIngestTransaction(
      pool,
      { organizationIds, counterLock: 'shared', ...(hooks === undefined ? {} : { hooks }) },
      async (client, commit) => {
        // What is reported as it happens belongs to no backfill and asks nothing.
        const isOrdinary = rows.every((row) => row.backfillId === null);
        const open = isOrdinary ? rows : await openRows(client, rows);
        // No answer changes what is to be committed: the commit travels right behind the statement.
        const [taken] = await Promise.all([insertNewEvents(client, open, recordedAt), commit()]);
        return { open, taken };
      },
    );
    const outcomes = await outcomesOf(pool, open, taken);
    if (open.length === rows.length) return outcomes;
    const byRow = new Map(open.map((row, n) => [row, outcomes[n] ?? 'unknown']));
    return rows.map((row) => byRow.get(row) ?? 'backfill_reverted');
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

/** Whether few ordinary events were all new, and are stored. */
async function isStoredAsNew(
  { newness, ...store }: StoreUsageOptions,
  rows: readonly UsageRow[],
): Promise<boolean> {
  const isPlain = ({ backfillId, aggregation }: UsageRow) =>
    backfillId === null && aggregation !== 'unique_count';
  if (newness === undefined || rows.length > believedMax || !rows.every(isPlain)) return false;
  return await newness.believed(() => storeBelievedNew(store, rows));
}

/** All but those of backfills that were taken back. */
async function openRows(client: pg.ClientBase, rows: readonly UsageRow[]): Promise<readonly UsageRow[]> {
  const named = rows.filter((row) => row.backfillId !== null);
  const open = new Set(await enterBackfills(client, named));
  return rows.filter((row) => row.backfillId === null || open.has(row));
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
    if (leader !== undefined && fate !== undefined) outcomes[index] = fateBehind(leader, fate, row);
  });
}

/** Undefined = the fate of the first says nothing about this one. */
function fateBehind(leader: UsageRow, fate: UsageWriteOutcome, row: UsageRow): UsageWriteOutcome | undefined {
  if (fate === 'not_storable') return undefined;
  if (fate === 'backfill_reverted') return row.backfillId === leader.backfillId ? fate : undefined;
  const isEqual = leader.payloadHash === row.payloadHash;
  if (isEqual) return fate === 'id_reused' ? 'id_reused' : 'duplicate';
  return fate === 'id_reused' ? undefined : 'id_reused';
}

function keyOf(row: UsageRow): string {
  return row.organizationId + row.id;
}
