import { counterName } from '@metergate/core/limits/counter-key';
import type { ConsumeCommand, CounterKey, Settled } from '@metergate/core/limits/limits.ports';
import { addQuantities } from '@metergate/core/shared/money/quantity';
import { counterDelta } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import type { CommitHooks } from '../ingest/ingest-transaction.ts';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertUsageEvents } from '../ingest/insert-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import type { CounterRow } from './counter-lookup.ts';
import { ensureCounter, lockCounters } from './counter-rows.ts';
import { areAlike, insertConsumed } from './insert-consumed.ts';
import {
  derivedId,
  findReceipts,
  insertReceipts,
  isAboutTheSame,
  type ReceiptRow,
  type StoredReceipt,
} from './receipt-rows.ts';
import { RunningLevels } from './running-levels.ts';

export interface LedgerOptions {
  pool: pg.Pool;
  nextId: () => string;
  consumeHooks?: CommitHooks;
  reserveHooks?: CommitHooks;
}

export type ConsumeOutcome = { kind: 'settled'; settled: Settled } | { kind: 'id_reused' };

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
  let isNew = true;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const outcomes = await tryOnce({ ...options, isNew }, key, commands);
    if (outcomes === 'id_taken') {
      isNew = false;
      continue;
    }
    if (!('missing' in outcomes)) return outcomes;
    for (const missing of outcomes.missing) await ensureCounter(options.pool, missing);
  }
  throw new Error('consume found no stable counter');
}

class IdTaken extends Error {}

async function tryOnce(
  options: LedgerOptions & { isNew: boolean },
  key: CounterKey,
  commands: readonly ConsumeCommand[],
): Promise<ConsumeOutcome[] | { missing: CounterKey[] } | 'id_taken'> {
  const { pool, consumeHooks: hooks } = options;
  const scope = { organizationIds: [key.organizationId], counterLock: 'shared' } as const;
  try {
    return await inIngestTransaction(pool, { ...scope, ...(hooks && { hooks }) }, async (client) => {
      const drafts = commands.map(({ entry }) => entry.draft);
      const keys = distinct(key, commands);
      const touched = {
        instants: drafts.map(({ occurredAt }) => occurredAt),
        clientIds: drafts.map(({ clientId }) => clientId),
      };
      const found = await lockCounters(client, keys, touched);
      if ('missing' in found) return found;
      const decide = (earlier: Earlier) =>
        decideInOrder(
          { options, running: new RunningLevels(keys, new Map(found.levels)), earlier },
          commands,
        );
      let plan = options.isNew ? decide(nothingEarlier) : undefined;
      // A refusal writes no event that would show that the id was granted before. Asked after the lock is ours.
      if (plan === undefined || plan.granted.length < commands.length)
        plan = decide(await findEarlier(client, key.organizationId, commands));
      await persist(client, plan, found.rows);
      return plan.outcomes;
    });
  } catch (error) {
    // The id is known already, or was recorded by another path since we looked: everything was rolled back.
    if (error instanceof IdTaken) return 'id_taken';
    throw error;
  }
}

interface Earlier {
  receipts: ReadonlyMap<string, StoredReceipt>;
  eventIds: ReadonlySet<string>;
}

const nothingEarlier: Earlier = { receipts: new Map(), eventIds: new Set() };

async function findEarlier(
  client: pg.ClientBase,
  organizationId: string,
  commands: readonly ConsumeCommand[],
): Promise<Earlier> {
  const [receipts, { rows }] = await Promise.all([
    findReceipts(client, organizationId, commands.map(receiptIdOf)),
    client.query<{ id: string }>({
      name: 'find_event_ids',
      // As in the insert: only the primary key delivers this order.
      text: `select wanted.id from unnest($2::text[]) as wanted (id)
              where (select true from usage_events event
                      where event.organization_id = $1 and event.id >= wanted.id and event.id <= wanted.id
                      order by event.id limit 1)
                 or (select true from retired_usage_events retired
                      where retired.organization_id = $1 and retired.id = wanted.id limit 1)`,
      values: [organizationId, commands.map(({ entry }) => entry.draft.id)],
    }),
  ]);
  return { receipts, eventIds: new Set(rows.map(({ id }) => id)) };
}

/** The counter of the batch and what its decisions read besides, each once: a total must not move on twice. */
function distinct(key: CounterKey, commands: readonly ConsumeCommand[]): [CounterKey, ...CounterKey[]] {
  const others = new Map(
    commands.flatMap((command) => command.others).map((other) => [counterName(other), other]),
  );
  others.delete(counterName(key));
  return [key, ...others.values()];
}

interface Plan {
  outcomes: ConsumeOutcome[];
  granted: ConsumeCommand[];
  receipts: ReceiptRow[];
}

function decideInOrder(
  start: { options: LedgerOptions; running: RunningLevels; earlier: Earlier },
  commands: readonly ConsumeCommand[],
): Plan {
  const plan: Plan = { outcomes: [], granted: [], receipts: [] };
  /** Of this batch: the same id twice in one batch is one decision as well. */
  const made = new Map<string, ReceiptRow>();
  for (const command of commands) {
    const receiptId = receiptIdOf(command);
    const again = made.get(receiptId);
    const first = again === undefined ? start.earlier.receipts.get(receiptId) : storedForm(again);
    if (first !== undefined || start.earlier.eventIds.has(command.entry.draft.id)) {
      plan.outcomes.push(repeated(command, first));
      continue;
    }
    const levels = start.running.read(command.key);
    const verdict = command.decide(levels, deltaOf(command), start.running.read);
    const isGranted = verdict.decision !== 'blocked';
    const id = isGranted ? receiptId : start.options.nextId();
    const receipt = { id, terms: command.terms, verdict, levels };
    plan.receipts.push(receipt);
    if (isGranted) {
      plan.granted.push(command);
      made.set(id, receipt);
      start.running.add(command.entry.draft, deltaOf(command));
    }
    const { limit, quantity } = command.terms;
    const settled = { ...verdict, receiptId: id, levels: start.running.read(command.key), limit, quantity };
    plan.outcomes.push({ kind: 'settled', settled });
  }
  return plan;
}

/** The first decision again, or a refusal when the id stands for something else. */
function repeated(command: ConsumeCommand, first: StoredReceipt | undefined): ConsumeOutcome {
  if (first === undefined || !isAboutTheSame(command.terms, first)) return { kind: 'id_reused' };
  const { quantity } = command.terms;
  const levels = { used: addQuantities(first.used, deltaOf(command)), reserved: first.reserved };
  const { id: receiptId, decision, reason, limit } = first;
  return { kind: 'settled', settled: { decision, reason, receiptId, levels, limit, quantity } };
}

async function persist(client: pg.ClientBase, plan: Plan, locked: readonly CounterRow[]): Promise<void> {
  await Promise.all([insertGranted(client, plan.granted, locked), insertReceipts(client, plan.receipts)]);
}

async function insertGranted(
  client: pg.ClientBase,
  granted: readonly ConsumeCommand[],
  locked: readonly CounterRow[],
): Promise<void> {
  const [first, ...others] = granted;
  const last = granted.at(-1);
  if (first === undefined || last === undefined) return;
  if (areAlike(granted)) {
    if ((await insertConsumed(client, [first, ...others], locked)) < granted.length) throw new IdTaken();
    return;
  }
  const rows = granted.map(({ entry }) => toUsageRow(entry));
  const outcomes = await insertUsageEvents(client, rows, last.terms.at);
  if (outcomes.some((outcome) => outcome !== 'accepted')) throw new IdTaken();
}

function storedForm({ id, terms, verdict, levels }: ReceiptRow): StoredReceipt {
  const { feature, quantity, limit, clientId, subject } = terms;
  return { id, feature, quantity, limit, clientId, subject, ...verdict, ...levels };
}

function deltaOf({ entry }: ConsumeCommand): string {
  return counterDelta(entry.aggregation, entry.draft.quantity) ?? '0';
}

function receiptIdOf({ entry }: ConsumeCommand): string {
  return derivedId(entry.organizationId, 'consume', entry.draft.id);
}
