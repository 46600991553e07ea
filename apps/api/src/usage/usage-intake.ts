import type { Clock, IdSource } from '@metergate/core';
import type { Database } from '@metergate/db';
import { Newness, storeRejectedEvents, storeUsageEvents, toUsageRow } from '@metergate/db/metering';
import { crashPoint } from '../crash-points.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { CoalescingUsageWriter } from './coalescing-usage-writer.ts';
import type { FewFirst } from './few-first.ts';
import type { DatabaseWatch } from './outage/database-watch.ts';
import type { TouchedTotals } from './touched-totals.ts';
import type { Turns } from './turns.ts';

interface IntakeOptions {
  database: Database;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  monotonicMs: () => number;
  turns: Turns;
  fewFirst: FewFirst;
}

export const ingestHooks = {
  beforeCommit: () => crashPoint('ingest.before_commit'),
  afterCommit: () => crashPoint('ingest.after_commit'),
};

export function createWriter(
  { database, clock, monotonicMs, turns, fewFirst }: IntakeOptions,
  { touched, watch }: { touched: TouchedTotals; watch: DatabaseWatch },
) {
  const newness = new Newness();
  return new CoalescingUsageWriter({
    monotonicMs,
    giveWay: () => turns.next(),
    fewFirst,
    onAccepted: ({ organizationId, draft }) => touched.add(organizationId, draft.meter),
    toRow: toUsageRow,
    store: (rows) =>
      watch.during(() =>
        storeUsageEvents(
          { pool: database.ingest, recordedAt: clock.now(), hooks: ingestHooks, newness },
          rows,
        ),
      ),
  });
}

export function createRejectedEvents(
  { database, clock, ids, log }: Omit<IntakeOptions, 'turns' | 'fewFirst'>,
  watch: DatabaseWatch,
) {
  return {
    async keep(events: Parameters<typeof storeRejectedEvents>[1]) {
      try {
        const stamp = { receivedAt: clock.now(), nextId: () => ids.next() };
        await watch.during(() => storeRejectedEvents(database.ingest, events, stamp));
      } catch (error) {
        log.error({ count: events.length, error: describeError(error) }, 'refused events could not be kept');
      }
    },
  };
}
