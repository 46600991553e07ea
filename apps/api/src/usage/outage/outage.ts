import path from 'node:path';
import { AppError, type IdSource } from '@metergate/core';
import type { OutageJournal } from '@metergate/core/limits/outage/outage.ports';
import { createDatabaseProbe, type Database } from '@metergate/db';
import type { Registry } from 'prom-client';
import { toAppError } from '../../http/failure.ts';
import { describeError, type Logger } from '../../logging/logger.ts';
import type { CarryOverTarget } from './carry-over.ts';
import { carrySegmentOver, lookAtCarried, type MovedTotal } from './carry-segment.ts';
import { DatabaseWatch } from './database-watch.ts';
import { FileOutageJournal } from './outage-journal.ts';
import { createOutageMetrics } from './outage-metrics.ts';

export interface OutageOptions {
  database: Database;
  ids: IdSource;
  log: Logger;
  registry: Registry;
  dataDir: string;
  monotonicMs: () => number;
  target: Omit<CarryOverTarget, 'isAway'>;
  /** Told of every total that has moved. */
  onCarriedOver: (moved: MovedTotal) => void;
  /** Runs once everything that was told before has been looked at. */
  afterLook: (then: () => Promise<void>) => void;
}

export interface Outage {
  watch: DatabaseWatch;
  journal: OutageJournal;
  /** Carries over what an earlier process could not any more, before anybody asks about it. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const retryMs = 1000;
const earlyRetryMs = 5000;
/** So long normal decisions wait for what was kept; what is left then follows while they are made. */
const beforeBackMsMax = 10_000;

/** What happens while the database is away: who notices, where allowed decisions wait, how they come back. */
export function createOutage(options: OutageOptions): Outage {
  const { database, ids, log, monotonicMs } = options;
  const metrics = createOutageMetrics(options.registry);
  const probe = createDatabaseProbe(database.ingest);
  const files = new FileOutageJournal({
    folder: path.join(options.dataDir, 'outage-journal'),
    nextId: () => ids.next(),
  });
  let later: NodeJS.Timeout | undefined;
  /** Segments with settlements that came before their reservations, and since when. */
  const early = new Map<string, number>();

  const watch = new DatabaseWatch({
    ask: () => probe.ask(),
    monotonicMs,
    onAway(cause) {
      metrics.reachable.set(0);
      log.error({ alert: 'database_away', error: describeError(cause) }, 'the database cannot be reached');
    },
    onStillAway(awayMs) {
      const fields = { alert: 'database_away', awaySeconds: Math.round(awayMs / 1000) };
      log.error(fields, 'the database still cannot be reached; plans decide about limits');
    },
    // Who asks faster than it is carried over would otherwise keep the database away for ever.
    beforeBack: () => Promise.race([carryEverythingOver(), pause(beforeBackMsMax)]),
    onBack(awayMs) {
      metrics.reachable.set(1);
      log.warn({ awayMs: Math.round(awayMs) }, 'the database can be reached again');
      carryOverLater();
    },
  });

  const work = { ...options, files, metrics, early, target: { ...options.target, isAway } };
  let running: Promise<void> | undefined;
  /** One run at a time: two would only do the same. */
  function carryEverythingOver(): Promise<void> {
    running ??= carryAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function carryAll(): Promise<void> {
    do {
      await files.seal();
      const sealed = await files.sealed();
      for (const name of sealed) await carrySegmentOver(work, name);
    } while (!files.isEmpty);
    files.forgetRepeats();
    if (early.size > 0) carryOverLater(earlyRetryMs);
  }

  function carryOverLater(waitMs = retryMs): void {
    if (watch.isAway) return;
    clearTimeout(later);
    later = setTimeout(() => {
      carryEverythingOver().catch((error: unknown) => {
        log.error({ alert: 'outage_journal', error: describeError(error) }, 'decisions still wait');
        carryOverLater();
      });
    }, waitMs);
    later.unref();
  }

  return {
    watch,
    journal: {
      async keep(entry) {
        await files.keep(entry);
        metrics.kept.inc({ decision: 'verdict' in entry ? entry.verdict.decision : 'reported' });
        // A single call may have failed while others succeed: then nobody comes back from anywhere.
        carryOverLater();
      },
      holds: (receiptId) => files.holds(receiptId),
    },
    async start() {
      try {
        await files.sealLeftOvers();
        for (const name of await files.carried()) await lookAtCarried(work, name);
        await Promise.race([carryEverythingOver(), pause(beforeBackMsMax)]);
      } catch (error) {
        log.error({ alert: 'outage_journal', error: describeError(error) }, 'decisions still wait');
      }
      carryOverLater();
    },
    async close() {
      watch.close();
      clearTimeout(later);
      await probe.close();
    },
  };
}

function isAway(error: unknown): boolean {
  const known = toAppError(error);
  // Without a code nobody knows whose fault it was: waiting loses nothing.
  return known.kind === 'unavailable' || (!(error instanceof AppError) && codeOf(error) === undefined);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
