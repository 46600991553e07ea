import type {
  CounterKey,
  CounterLevels,
  ReceiptTerms,
  ReserveCommand,
  SettleCommand,
  Settled,
  StoredReservation,
} from '@metergate/core/limits/limits.ports';
import { isLeaseOver, settledVerdict } from '@metergate/core/limits/limits.ports';
import { addQuantities } from '@metergate/core/shared/money/quantity';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertUsageEvents } from '../ingest/insert-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import type { LedgerOptions } from './consume-batch.ts';
import { type CountersFound, readerOf } from './counter-lookup.ts';
import { addReserved, ensureCounter } from './counter-rows.ts';
import { lockCounters } from './lock-counters.ts';
import { derivedId, findReceipts, insertReceipts, isAboutTheSame } from './receipt-rows.ts';
import { findReservationRow, insertReservation, settleReservation } from './reservation-rows.ts';

const attemptsMax = 5;

/** Holds a quantity under the counter's lock. The same reservation id again answers the first decision. */
export async function reserve(options: LedgerOptions, command: ReserveCommand): Promise<Settled> {
  const { pool, reserveHooks: hooks } = options;
  const scope = { organizationIds: [command.key.organizationId], counterLock: 'shared' } as const;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const settled = await inIngestTransaction(pool, { ...scope, ...(hooks && { hooks }) }, (client) =>
      tryReserve(client, options, command),
    );
    if (!('missing' in settled)) return settled;
    for (const missing of settled.missing) await ensureCounter(pool, missing, options.counting);
  }
  throw new Error('reserve found no stable counter');
}

async function tryReserve(
  client: pg.ClientBase,
  options: LedgerOptions,
  command: ReserveCommand,
): Promise<Settled | { missing: CounterKey[] }> {
  const { key, others, terms } = command;
  const touched = { instants: [terms.at], clientIds: [terms.clientId] };
  const found = await lockCounters(client, [key, ...others], touched);
  if ('missing' in found) return found;
  const read = readerOf(found.levels);
  const levels = read(key);
  const receiptId = receiptIdOf(key.organizationId, 'reserve', command.reservationId);
  const again = () => findFirst(client, { receiptId, terms, levels });
  const first = await again();
  if (first !== undefined) return first;
  const verdict = command.decide(levels, terms.quantity, read);
  const isGranted = verdict.decision !== 'blocked';
  const id = isGranted ? receiptId : options.nextId();
  if (isGranted) {
    // The counter's lock does not keep out the same id asked for another feature, or in the window that just ended.
    if (!(await insertReservation(client, command))) return (await again()) ?? refuseReusedId();
    const { at: createdAt, quantity, clientId } = terms;
    await addReserved(client, { ...key, clientId, createdAt, quantity });
  }
  await insertReceipts(client, [{ id, terms, verdict, levels }]);
  const after = isGranted ? { ...levels, reserved: addQuantities(levels.reserved, terms.quantity) } : levels;
  return { ...verdict, receiptId: id, levels: after, limit: terms.limit, quantity: terms.quantity };
}

/** The decision that was made under this id before. @throws USAGE_EVENT_ID_REUSED when it was about something else */
async function findFirst(
  client: pg.ClientBase,
  { receiptId, terms, levels }: { receiptId: string; terms: ReceiptTerms; levels: CounterLevels },
): Promise<Settled | undefined> {
  const first = (await findReceipts(client, terms.organizationId, [receiptId])).get(receiptId);
  if (first === undefined) return undefined;
  if (!isAboutTheSame(terms, first)) return refuseReusedId();
  const { decision, reason, limit, quantity } = first;
  return { decision, reason, receiptId, levels, limit, quantity };
}

function refuseReusedId(): never {
  throw usageRejected('USAGE_EVENT_ID_REUSED');
}

/**
 * Ends a held reservation: records what was used (more or less than held, also after the lease) or gives
 * everything back. `undefined` when it is not in the state that the caller saw.
 */
export async function settle(options: LedgerOptions, command: SettleCommand): Promise<Settled | undefined> {
  const scope = { organizationIds: [command.terms.organizationId], counterLock: 'shared' } as const;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const settled = await inIngestTransaction(options.pool, scope, (client) => trySettle(client, command));
    if (settled === undefined || !('missing' in settled)) return settled;
    // A plan that was changed since counts the instant of the reservation in a window that nobody has asked about.
    for (const missing of settled.missing) await ensureCounter(options.pool, missing, options.counting);
  }
  throw new Error('settle found no stable counter');
}

async function trySettle(
  client: pg.ClientBase,
  command: SettleCommand,
): Promise<Settled | undefined | { missing: CounterKey[] }> {
  const { reservation, terms } = command;
  const { organizationId, limit, quantity } = terms;
  const { id } = reservation;
  const current = await findReservationRow(client, organizationId, { id, isLocked: true });
  if (current === undefined || current.status !== reservation.status) return undefined;
  // All counters first, in the order every writer takes them.
  const before = await lockOf(client, command.key, current);
  if ('missing' in before) return before;
  await moveTotals(client, command, current);
  const committedQuantity = command.entry?.draft.quantity ?? null;
  const status = command.entry === null ? 'released' : 'committed';
  await settleReservation(client, { organizationId, id, status, committedQuantity, at: terms.at });
  const after = await lockOf(client, command.key, current);
  if ('missing' in after) throw new Error('a counter disappeared while it was locked');
  const levels = readerOf(after.levels)(command.key);
  const verdict = settledVerdict({ isLate: command.entry !== null && isLeaseOver(current, terms.at) });
  const receiptId = receiptIdOf(organizationId, terms.operation, id);
  await insertReceipts(client, [{ id: receiptId, terms, verdict, levels }]);
  return { ...verdict, receiptId, levels, limit, quantity };
}

async function moveTotals(
  client: pg.ClientBase,
  { key, entry, terms }: SettleCommand,
  current: StoredReservation,
): Promise<void> {
  if (entry !== null) await recordCommitted(client, entry, terms.at);
  if (current.status === 'held') {
    const { clientId, createdAt, quantity } = current;
    await addReserved(client, { ...key, clientId, createdAt, quantity: `-${quantity}` });
  }
}

/** Locks every counter that the reservation is held in. */
function lockOf(
  client: pg.ClientBase,
  key: CounterKey,
  { createdAt, clientId }: Pick<StoredReservation, 'createdAt' | 'clientId'>,
): Promise<CountersFound> {
  return lockCounters(client, [key], { instants: [createdAt], clientIds: [clientId] });
}

async function recordCommitted(client: pg.ClientBase, entry: UsageEventEntry, at: Date): Promise<void> {
  const [outcome] = await insertUsageEvents(client, [toUsageRow(entry)], at);
  // The sender used the id of the reservation for other usage: nothing is settled, so nothing is lost silently.
  if (outcome !== 'accepted') throw usageRejected('USAGE_EVENT_ID_REUSED');
}

/** Gives back what crashed or forgotten callers still hold; each organization in its own transaction. */
export async function expireReservations(
  options: LedgerOptions & { finder: pg.Pool },
  now: Date,
  countMax: number,
): Promise<number> {
  const { rows } = await options.finder.query<{ organization_id: string; id: string }>(
    `select organization_id, id from reservations where status = 'held' and expires_at <= $1
      order by expires_at limit $2`,
    [now.toISOString(), countMax],
  );
  let count = 0;
  for (const { organization_id: organizationId, id } of rows) {
    const scope = { organizationIds: [organizationId], counterLock: 'shared' } as const;
    count += await inIngestTransaction(options.pool, scope, async (client) => {
      const current = await findReservationRow(client, organizationId, { id, isLocked: true });
      if (current === undefined || current.status !== 'held' || current.expiresAt > now) return 0;
      const { feature, createdAt, clientId, quantity } = current;
      await addReserved(client, { organizationId, feature, clientId, createdAt, quantity: `-${quantity}` });
      await settleReservation(client, {
        organizationId,
        id,
        status: 'expired',
        committedQuantity: null,
        at: now,
      });
      return 1;
    });
  }
  return count;
}

function receiptIdOf(organizationId: string, operation: string, reservationId: string): string {
  return derivedId(organizationId, operation, reservationId);
}
