import type {
  CounterKey,
  CounterLevels,
  ReserveCommand,
  SettleCommand,
  Settled,
  StoredReservation,
} from '@metergate/core/limits/limits.ports';
import { noLevels } from '@metergate/core/limits/limits.ports';
import { addQuantities } from '@metergate/core/shared/money/quantity';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { insertUsageEvents } from '../ingest/insert-usage-events.ts';
import { toUsageRow } from '../ingest/usage-row.ts';
import type { LedgerOptions } from './consume-batch.ts';
import { readerOf } from './counter-lookup.ts';
import { addReserved, ensureCounter, lockCounters } from './counter-rows.ts';
import { derivedId, findReceipts, insertReceipts } from './receipt-rows.ts';
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
    for (const missing of settled.missing) await ensureCounter(pool, missing);
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
  const first = (await findReceipts(client, key.organizationId, [receiptId])).get(receiptId);
  if (first !== undefined) {
    const { decision, reason, limit, quantity } = first;
    return { decision, reason, receiptId, levels, limit, quantity };
  }
  const verdict = command.decide(levels, terms.quantity, read);
  const isGranted = verdict.decision !== 'blocked';
  const id = isGranted ? receiptId : options.nextId();
  if (isGranted) {
    await insertReservation(client, command);
    const { at: createdAt, quantity, clientId } = terms;
    await addReserved(client, { ...key, clientId, createdAt, quantity });
  }
  await insertReceipts(client, [{ id, terms, verdict, levels }]);
  const after = isGranted ? { ...levels, reserved: addQuantities(levels.reserved, terms.quantity) } : levels;
  return { ...verdict, receiptId: id, levels: after, limit: terms.limit, quantity: terms.quantity };
}

/**
 * Ends a held reservation: records what was used (more or less than held, also after the lease) or gives
 * everything back. `undefined` when it is not in the state that the caller saw.
 */
export async function settle(options: LedgerOptions, command: SettleCommand): Promise<Settled | undefined> {
  const { reservation, terms, key } = command;
  const scope = { organizationIds: [terms.organizationId], counterLock: 'shared' } as const;
  return await inIngestTransaction(options.pool, scope, async (client) => {
    const { organizationId } = terms;
    const current = await findReservationRow(client, organizationId, { id: reservation.id, isLocked: true });
    if (current === undefined || current.status !== reservation.status) return undefined;
    await moveTotals(client, command, current);
    const committedQuantity = command.entry?.draft.quantity ?? null;
    const status = command.entry === null ? 'released' : 'committed';
    await settleReservation(client, {
      organizationId,
      id: current.id,
      status,
      committedQuantity,
      at: terms.at,
    });
    const levels = await lockOf(client, key, reservation);
    const reason = current.status === 'expired' ? 'lease_expired' : null;
    const verdict = { decision: reason === null ? 'allowed' : 'warned', reason } as const;
    const receiptId = receiptIdOf(organizationId, terms.operation, reservation.id);
    await insertReceipts(client, [{ id: receiptId, terms, verdict, levels }]);
    return { ...verdict, receiptId, levels, limit: terms.limit, quantity: terms.quantity };
  });
}

async function moveTotals(
  client: pg.ClientBase,
  command: SettleCommand,
  current: StoredReservation,
): Promise<void> {
  const { key, entry, terms } = command;
  // All counters first, in the order every writer takes them.
  await lockOf(client, key, current);
  if (entry !== null) await recordCommitted(client, entry, terms.at);
  if (current.status === 'held') {
    const { clientId, createdAt, quantity } = current;
    await addReserved(client, { ...key, clientId, createdAt, quantity: `-${quantity}` });
  }
}

/** Locks every counter that the reservation is held in; answers the one that is asked about. */
async function lockOf(
  client: pg.ClientBase,
  key: CounterKey,
  { createdAt, clientId }: Pick<StoredReservation, 'createdAt' | 'clientId'>,
): Promise<CounterLevels> {
  const found = await lockCounters(client, [key], { instants: [createdAt], clientIds: [clientId] });
  return 'missing' in found ? noLevels : readerOf(found.levels)(key);
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
