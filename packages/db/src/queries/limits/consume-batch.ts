import { counterName } from '@metergate/core/limits/counter-key';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { type CommitHooks, inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertUsageEvents } from '../ingest/insert-usage-events.ts';
import { idTaken, refusal, refusalOf } from '../ingest/refuse-unless.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { type ConsumeOutcome, decideInOrder, type Plan } from './consume-plan.ts';
import { areAlike, rowsAfter } from './consumed-sums.ts';
import type { CounterRow, TouchedUsage } from './counter-lookup.ts';
import { type Counting, ensureCounter } from './counter-rows.ts';
import { type Earlier, findEarlier, nothingEarlier } from './earlier-decisions.ts';
import type { ForeseenCounters } from './foreseen-counters.ts';
import { insertConsumed } from './insert-consumed.ts';
import { lockCounters } from './lock-counters.ts';
import { insertReceipts } from './receipt-rows.ts';
import { RunningLevels } from './running-levels.ts';

export interface LedgerOptions {
  pool: pg.Pool;
  nextId: () => string;
  foreseen: ForeseenCounters;
  counting?: Counting;
  consumeHooks?: CommitHooks;
  reserveHooks?: CommitHooks;
}

const attemptsMax = 5;

/** Requests for one counter, in the order in which they are decided. */
export interface ConsumeBatch {
  key: CounterKey;
  commands: readonly ConsumeCommand[];
}

/** `believing_new`: reads the totals under their lock. `asking`: reads what each id stood for before as well. */
export type Approach = 'believing_new' | 'asking';

/**
 * Decides a batch in order, under the lock of its counter, in one transaction: granted usage, totals and receipts
 * commit together; what is refused leaves only its receipt.
 */
export async function consumeBatch(
  options: LedgerOptions,
  batch: ConsumeBatch,
  first: Approach,
): Promise<ConsumeOutcome[]> {
  // Nearly every id is new: what it stood for before is asked only when something speaks against that.
  let how = first;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const outcomes = await tryOnce(options, batch, how);
    if (outcomes === 'id_taken') how = 'asking';
    else if (!('missing' in outcomes)) return outcomes;
    else for (const missing of outcomes.missing) await ensureCounter(options.pool, missing, options.counting);
  }
  throw new Error('consume found no stable counter');
}

async function tryOnce(
  options: LedgerOptions,
  batch: ConsumeBatch,
  how: Approach,
): Promise<ConsumeOutcome[] | { missing: CounterKey[] } | 'id_taken'> {
  const { pool, nextId, consumeHooks: hooks, foreseen } = options;
  const { organizationId } = batch.key;
  const scope = { organizationIds: [organizationId], counterLock: 'shared' } as const;
  try {
    const done = await inIngestTransaction(pool, { ...scope, ...(hooks && { hooks }) }, (client) =>
      decideLocked(client, { nextId, batch, how }),
    );
    if ('missing' in done) return done;
    // Only now: what was rolled back has moved nothing.
    foreseen.learn(counterName(batch.key), done.rows, rowsAfter(done.rows, done.plan.granted));
    return done.plan.outcomes;
  } catch (error) {
    // Everything was rolled back: an id is known already, or was recorded by another path since we looked.
    if (refusalOf(error) === idTaken) return 'id_taken';
    throw error;
  }
}

interface Decided {
  plan: Plan;
  rows: readonly CounterRow[];
}

async function decideLocked(
  client: pg.ClientBase,
  { nextId, batch, how }: { nextId: () => string; batch: ConsumeBatch; how: Approach },
): Promise<Decided | { missing: CounterKey[] }> {
  const { key, commands } = batch;
  const keys = countersOf(batch);
  const found = await lockCounters(client, keys, touchedBy(commands));
  if ('missing' in found) return found;
  const decide = (earlier: Earlier) =>
    decideInOrder({ nextId, running: new RunningLevels(keys, new Map(found.levels)), earlier }, commands);
  let plan = how === 'asking' ? undefined : decide(nothingEarlier);
  // A refusal writes no event that would show that the id was granted before. Asked after the lock is ours.
  if (plan === undefined || plan.granted.length < commands.length)
    plan = decide(await findEarlier(client, key.organizationId, commands));
  await persist(client, plan, found.rows);
  return { plan, rows: found.rows };
}

/** Whose usage the batch brings, and when it happened. */
export function touchedBy(commands: readonly ConsumeCommand[]): TouchedUsage {
  const drafts = commands.map(({ entry }) => entry.draft);
  return {
    instants: drafts.map(({ occurredAt }) => occurredAt),
    clientIds: drafts.map(({ clientId }) => clientId),
  };
}

/** The counter of the batch and what its decisions read besides, each once: a total must not move on twice. */
export function countersOf({ key, commands }: ConsumeBatch): [CounterKey, ...CounterKey[]] {
  const others = new Map(
    commands.flatMap((command) => command.others).map((other) => [counterName(other), other]),
  );
  others.delete(counterName(key));
  return [key, ...others.values()];
}

async function persist(client: pg.ClientBase, plan: Plan, locked: readonly CounterRow[]): Promise<void> {
  const { granted, receipts } = plan;
  const at = granted.at(-1)?.terms.at;
  if (areAlike(granted) && at !== undefined) {
    const written = insertConsumed([{ granted, locked }], at);
    await Promise.all([client.query(written), insertReceipts(client, receipts)]);
    return;
  }
  const rows = granted.map(({ entry }) => toUsageRow(entry));
  const [events, written] = await Promise.allSettled([
    at === undefined ? [] : insertUsageEvents(client, rows, at),
    insertReceipts(client, receipts),
  ]);
  // The statement that failed first says why; those behind it only say that the transaction is broken.
  if (events.status === 'rejected') throw events.reason;
  if (written.status === 'rejected') throw written.reason;
  if (events.value.some((outcome) => outcome !== 'accepted')) throw refusal(idTaken);
}
