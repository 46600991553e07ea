import { counterName } from '@metergate/core/limits/counter-key';
import type { ConsumeCommand, CounterKey } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { type CommitHooks, inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertUsageEvents } from '../ingest/insert-usage-events.ts';
import { inOneMessage } from '../ingest/one-message.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import { type ConsumeOutcome, decideInOrder, type Plan } from './consume-plan.ts';
import { type CounterRow, levelsIn, type TouchedUsage } from './counter-lookup.ts';
import { ensureCounter } from './counter-rows.ts';
import { type Earlier, findEarlier, nothingEarlier } from './earlier-decisions.ts';
import type { ForeseenCounters } from './foreseen-counters.ts';
import { areAlike, insertConsumed, rowsAfter } from './insert-consumed.ts';
import { lockCounters, lockForeseen } from './lock-counters.ts';
import { insertReceiptRows, insertReceipts } from './receipt-rows.ts';
import { idTaken, isRefusal, notAsForeseen, refusal } from './refuse-unless.ts';
import { RunningLevels } from './running-levels.ts';

export interface LedgerOptions {
  pool: pg.Pool;
  nextId: () => string;
  foreseen: ForeseenCounters;
  consumeHooks?: CommitHooks;
  reserveHooks?: CommitHooks;
}

const attemptsMax = 5;

/**
 * Decides a queue of requests for one counter in order, under its lock, in one transaction: granted usage, totals
 * and receipts commit together; what is refused leaves only its receipt.
 */
export async function consumeBatch(
  options: LedgerOptions,
  key: CounterKey,
  commands: readonly ConsumeCommand[],
): Promise<ConsumeOutcome[]> {
  // Nearly every id is new: what it stood for before is asked only when something speaks against that.
  let how: Approach = 'foreseeing';
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const outcomes = await tryOnce(options, { key, commands, how });
    if (outcomes === 'not_as_foreseen') how = 'believing_new';
    else if (outcomes === 'id_taken') how = 'asking';
    else if (!('missing' in outcomes)) return outcomes;
    else for (const missing of outcomes.missing) await ensureCounter(options.pool, missing);
  }
  throw new Error('consume found no stable counter');
}

/**
 * `foreseeing`: decides on what the totals should be and writes in the same breath, if there is reason to.
 * `believing_new`: reads the totals first. `asking`: reads what each id stood for before as well.
 */
type Approach = 'foreseeing' | 'believing_new' | 'asking';

interface Batch {
  key: CounterKey;
  commands: readonly ConsumeCommand[];
  how: Approach;
}

async function tryOnce(
  options: LedgerOptions,
  batch: Batch,
): Promise<ConsumeOutcome[] | { missing: CounterKey[] } | 'id_taken' | 'not_as_foreseen'> {
  const { pool, consumeHooks: hooks, foreseen } = options;
  const { key } = batch;
  const scope = { organizationIds: [key.organizationId], counterLock: 'shared' } as const;
  try {
    const done =
      (await decideForeseen(options, batch)) ??
      (await inIngestTransaction(pool, { ...scope, ...(hooks && { hooks }) }, (client) =>
        decideLocked(client, options, batch),
      ));
    if ('missing' in done) return done;
    // Only now: what was rolled back has moved nothing.
    foreseen.learn(counterName(key), done.rows, rowsAfter(done.rows, done.plan.granted));
    return done.plan.outcomes;
  } catch (error) {
    // Everything was rolled back: an id is known already, or was recorded by another path since we looked.
    if (isRefusal(error, idTaken)) return 'id_taken';
    if (!isRefusal(error, notAsForeseen)) throw error;
    foreseen.distrust(counterName(key));
    return 'not_as_foreseen';
  }
}

interface Decided {
  plan: Plan;
  rows: readonly CounterRow[];
}

/**
 * Decides on the totals that should be there, and locks, compares, writes and commits in one message: the database
 * refuses all of it when the locked totals are others. `undefined` where nothing can be foreseen, or something would be
 * refused: a refusal has to know more.
 */
async function decideForeseen(
  options: LedgerOptions,
  { key, commands, how }: Batch,
): Promise<Decided | undefined> {
  if (how !== 'foreseeing') return undefined;
  const keys = distinct(key, commands);
  const touched = touchedBy(commands);
  const expected = options.foreseen.expect(counterName(key), keys, touched);
  if (expected === undefined) return undefined;
  const plan = decideInOrder(
    {
      nextId: options.nextId,
      running: new RunningLevels(keys, levelsIn(expected, keys)),
      earlier: nothingEarlier,
    },
    commands,
  );
  const { granted, receipts } = plan;
  if (granted.length < commands.length || !areAlike(granted)) return undefined;
  await inOneMessage(options.pool, key.organizationId, {
    statements: [
      lockForeseen({ keys, touched, expected }),
      insertConsumed(granted, expected),
      insertReceiptRows(receipts),
    ],
    hooks: options.consumeHooks,
  });
  return { plan, rows: expected };
}

async function decideLocked(
  client: pg.ClientBase,
  options: LedgerOptions,
  { key, commands, how }: Batch,
): Promise<Decided | { missing: CounterKey[] }> {
  const keys = distinct(key, commands);
  const found = await lockCounters(client, keys, touchedBy(commands));
  if ('missing' in found) return found;
  const decide = (earlier: Earlier) =>
    decideInOrder(
      { nextId: options.nextId, running: new RunningLevels(keys, new Map(found.levels)), earlier },
      commands,
    );
  let plan = how === 'asking' ? undefined : decide(nothingEarlier);
  // A refusal writes no event that would show that the id was granted before. Asked after the lock is ours.
  if (plan === undefined || plan.granted.length < commands.length)
    plan = decide(await findEarlier(client, key.organizationId, commands));
  await persist(client, plan, found.rows);
  return { plan, rows: found.rows };
}

function touchedBy(commands: readonly ConsumeCommand[]): TouchedUsage {
  const drafts = commands.map(({ entry }) => entry.draft);
  return {
    instants: drafts.map(({ occurredAt }) => occurredAt),
    clientIds: drafts.map(({ clientId }) => clientId),
  };
}

/** The counter of the batch and what its decisions read besides, each once: a total must not move on twice. */
function distinct(key: CounterKey, commands: readonly ConsumeCommand[]): [CounterKey, ...CounterKey[]] {
  const others = new Map(
    commands.flatMap((command) => command.others).map((other) => [counterName(other), other]),
  );
  others.delete(counterName(key));
  return [key, ...others.values()];
}

async function persist(client: pg.ClientBase, plan: Plan, locked: readonly CounterRow[]): Promise<void> {
  const { granted, receipts } = plan;
  if (areAlike(granted)) {
    await Promise.all([client.query(insertConsumed(granted, locked)), insertReceipts(client, receipts)]);
    return;
  }
  const at = granted.at(-1)?.terms.at;
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
