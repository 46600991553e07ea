import path from 'node:path';
import { AppError, type IdSource, type OrganizationId } from '@metergate/core';
import type { OutageEntry, OutageJournal } from '@metergate/core/limits/outage/outage.ports';
import { createDatabaseProbe, type Database } from '@metergate/db';
import { Counter, Gauge, type Registry } from 'prom-client';
import { toAppError } from '../../http/failure.ts';
import { describeError, type Logger } from '../../logging/logger.ts';
import { type CarryOverTarget, carryOver } from './carry-over.ts';
import { DatabaseWatch } from './database-watch.ts';
import { FileOutageJournal } from './outage-journal.ts';
import { lineToEntry } from './outage-line.mapping.ts';

export interface OutageOptions {
  database: Database;
  ids: IdSource;
  log: Logger;
  registry: Registry;
  dataDir: string;
  monotonicMs: () => number;
  target: Omit<CarryOverTarget, 'isAway'>;
  /** Told of every total that has moved. */
  onCarriedOver: (moved: { organizationId: OrganizationId; feature: string }) => void;
}

export interface Outage {
  watch: DatabaseWatch;
  journal: OutageJournal;
  /** Looks for decisions that an earlier process could not carry over any more. */
  start(): void;
  close(): Promise<void>;
}

const linesPerPass = 1000;
const retryMs = 1000;

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
    beforeBack: () => carryEverythingOver(),
    onBack(awayMs) {
      metrics.reachable.set(1);
      log.warn({ awayMs: Math.round(awayMs) }, 'the database can be reached again');
    },
  });

  /** Ends in the same turn in which it has seen that nothing waits, so no decision falls between two passes. */
  async function carryEverythingOver(): Promise<void> {
    do {
      await files.seal();
      for (const name of await files.sealed()) await carrySegmentOver({ ...options, files, metrics }, name);
    } while (!files.isEmpty);
    files.forgetRepeats();
  }

  function carryOverLater(): void {
    if (watch.isAway) return;
    clearTimeout(later);
    later = setTimeout(() => {
      carryEverythingOver().catch((error: unknown) => {
        log.error({ alert: 'outage_journal', error: describeError(error) }, 'decisions still wait');
        carryOverLater();
      });
    }, retryMs);
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
    start() {
      files.sealLeftOvers().then(carryOverLater, (error: unknown) => {
        log.error({ alert: 'outage_journal', error: describeError(error) }, 'the journal cannot be read');
      });
    },
    async close() {
      watch.close();
      clearTimeout(later);
      await probe.close();
    },
  };
}

type SegmentWork = Pick<OutageOptions, 'target' | 'log' | 'onCarriedOver'> & {
  files: FileOutageJournal;
  metrics: ReturnType<typeof createOutageMetrics>;
};

async function carrySegmentOver(work: SegmentWork, name: string): Promise<void> {
  const { files, log, metrics } = work;
  const lines = await files.readLines(name);
  for (let start = 0; start < lines.length; start += linesPerPass) {
    const entries = lines.slice(start, start + linesPerPass).flatMap((line) => lineToEntry(line) ?? []);
    const { counted, refused } = await carryOver({ ...work.target, isAway }, entries);
    metrics.carriedOver.inc(counted);
    const isRefused = new Set(refused);
    for (const entry of entries) {
      const moved = isRefused.has(entry.receiptId) ? undefined : movedBy(entry);
      if (moved !== undefined) work.onCarriedOver(moved);
    }
    if (refused.length > 0) {
      log.error({ alert: 'outage_journal', segment: name, refused }, 'decisions could not be carried over');
    }
  }
  await files.markReconciled(name);
  log.warn({ segment: name, lines: lines.length }, 'decisions of an outage were carried over');
}

/** What a settlement moved, it has told by itself. */
function movedBy(entry: OutageEntry): { organizationId: OrganizationId; feature: string } | undefined {
  if ('terms' in entry) return entry.terms;
  return entry.report.kind === 'level' ? entry.report.command : undefined;
}

function isAway(error: unknown): boolean {
  const known = toAppError(error);
  // Without a code nobody knows whose fault it was: waiting loses nothing.
  return known.kind === 'unavailable' || (!(error instanceof AppError) && codeOf(error) === undefined);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function createOutageMetrics(registry: Registry) {
  const registers = [registry];
  const reachable = new Gauge({
    name: 'database_reachable',
    help: '0 while the database does not answer and plans decide about limits.',
    registers,
  });
  reachable.set(1);
  const kept = new Counter({
    name: 'outage_decisions_kept_total',
    help: 'Decisions written to the outage journal.',
    labelNames: ['decision'],
    registers,
  });
  const carriedOver = new Counter({
    name: 'outage_decisions_carried_over_total',
    help: 'Decisions of the outage journal that are in the database now.',
    registers,
  });
  return { reachable, kept, carriedOver };
}
