import { counterName } from '@metergate/core/limits/counter-key';
import type { CounterKey, LimitLedger, ReadLevels } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import type { LedgerOptions } from './consume-batch.ts';
import { ConsumeQueues } from './consume-queues.ts';
import { readCounters } from './counter-rows.ts';
import { ForeseenCounters } from './foreseen-counters.ts';
import { JoinedReads } from './joined-reads.ts';
import { derivedId } from './receipt-rows.ts';
import { findReservationRow } from './reservation-rows.ts';
import { expireReservations, reserve, settle } from './reserve.ts';

/**
 * Limits on PostgreSQL. Consumes are joined: while a message is on its way, the requests that arrive wait
 * together, and each counter's are decided in order by the next.
 */
export function createLimitLedger(
  given: Omit<LedgerOptions, 'foreseen'> & {
    finder: pg.Pool;
    /** Around each joined read and each joined decision, once for all who share it. */
    around?: <T>(work: () => Promise<T>) => Promise<T>;
  },
): LimitLedger {
  const { around = (work) => work() } = given;
  const options = { ...given, foreseen: new ForeseenCounters() };
  const queues = new ConsumeQueues({ ...options, around });
  const reads = new JoinedReads<ReadLevels>();

  const allLevels = (keys: readonly CounterKey[]) =>
    reads.read(keys.map(counterName).join(), () =>
      around(() => readCounters(options.pool, keys, options.counting)),
    );

  return {
    derivedId,
    levels: async (key) => (await allLevels([key]))(key),
    allLevels,
    consume: (command) => queues.consume(command),
    reserve: (command) => reserve(options, command),
    findReservation: (organizationId, id) =>
      inIngestTransaction(
        options.pool,
        { organizationIds: [organizationId], counterLock: 'none' },
        (client) => findReservationRow(client, organizationId, { id, isLocked: false }),
      ),
    settle: (command) => settle(options, command),
    expireReservations: (now, countMax) => expireReservations(options, now, countMax),
  };
}
