import { counterName } from '@metergate/core/limits/counter-key';
import type {
  ConsumeCommand,
  CounterKey,
  LimitLedger,
  ReadLevels,
  Settled,
} from '@metergate/core/limits/limits.ports';
import { usageRejected } from '@metergate/core/usage/usage.errors';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { consumeBatch, type LedgerOptions } from './consume-batch.ts';
import type { ConsumeOutcome } from './consume-plan.ts';
import { readCounters } from './counter-rows.ts';
import { ForeseenCounters } from './foreseen-counters.ts';
import { JoinedReads } from './joined-reads.ts';
import { derivedId } from './receipt-rows.ts';
import { findReservationRow } from './reservation-rows.ts';
import { expireReservations, reserve, settle } from './reserve.ts';

interface Waiting {
  command: ConsumeCommand;
  resolve: (settled: Settled) => void;
  reject: (error: unknown) => void;
}

const batchSizeMax = 500;

/**
 * Limits on PostgreSQL. Consumes of one counter are joined: while one transaction runs, the requests that arrive
 * wait together and are decided in order by the next (measured: tens of thousands a second instead of 3 000).
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
  const queues = new Map<string, Waiting[]>();
  const reads = new JoinedReads<ReadLevels>();

  async function work(name: string, key: CounterKey): Promise<void> {
    await endOfTurn();
    for (let queue = queues.get(name); queue !== undefined && queue.length > 0; queue = queues.get(name)) {
      const batch = queue.splice(0, batchSizeMax);
      const answers = await outcomesOf(batch, () => around(() => decide(options, key, batch)));
      // What waits is on its way to the database before anybody is answered, so that it works meanwhile.
      if (queue.length > 0) setImmediate(answers);
      else answers();
    }
    queues.delete(name);
  }

  const allLevels = (keys: readonly CounterKey[]) =>
    reads.read(keys.map(counterName).join(), () => around(() => readCounters(options.pool, keys)));

  return {
    derivedId,
    levels: async (key) => (await allLevels([key]))(key),
    allLevels,
    consume(command) {
      return new Promise((resolve, reject) => {
        const name = counterName(command.key);
        const waiting = { command, resolve, reject };
        const queue = queues.get(name);
        if (queue !== undefined) {
          queue.push(waiting);
          return;
        }
        queues.set(name, [waiting]);
        void work(name, command.key);
      });
    },
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

/** Requests that arrive in the same turn of the event loop share a batch. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function decide(
  options: LedgerOptions,
  key: CounterKey,
  batch: readonly Waiting[],
): Promise<ConsumeOutcome[]> {
  return consumeBatch(
    options,
    key,
    batch.map(({ command }) => command),
  );
}

/** How everybody of the batch is answered. */
async function outcomesOf(
  batch: readonly Waiting[],
  decided: () => Promise<ConsumeOutcome[]>,
): Promise<() => void> {
  try {
    const outcomes = await decided();
    return () => {
      for (const [index, waiting] of batch.entries()) answer(waiting, outcomes[index]);
    };
  } catch (error) {
    return () => {
      for (const { reject } of batch) reject(error);
    };
  }
}

function answer(waiting: Waiting, outcome: ConsumeOutcome | undefined): void {
  if (outcome?.kind === 'settled') waiting.resolve(outcome.settled);
  else waiting.reject(usageRejected('USAGE_EVENT_ID_REUSED'));
}
