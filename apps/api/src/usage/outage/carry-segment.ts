import type { OrganizationId } from '@metergate/core';
import type { OutageEntry } from '@metergate/core/limits/outage/outage.ports';
import type { Logger } from '../../logging/logger.ts';
import { type CarryOverTarget, carryOver } from './carry-over.ts';
import type { FileOutageJournal } from './outage-journal.ts';
import { lineToEntry } from './outage-line.mapping.ts';
import type { OutageMetrics } from './outage-metrics.ts';

const linesPerPass = 1000;
/** After that a reservation that a settlement speaks of will not turn up any more. */
const tooEarlyMsMax = 10 * 60_000;

/** A total, and when what was added to it happened. */
export interface MovedTotal {
  organizationId: OrganizationId;
  feature: string;
  at: Date;
}

export interface SegmentWork {
  files: Pick<FileOutageJournal, 'readLines' | 'markCarried' | 'markReconciled'>;
  target: CarryOverTarget;
  log: Logger;
  metrics: OutageMetrics;
  monotonicMs: () => number;
  /** Segments with settlements that came before their reservations, and since when. */
  early: Map<string, number>;
  /** Told of every total that has moved. */
  onCarriedOver: (moved: MovedTotal) => void;
  /** Runs once everything that was told before has been looked at. */
  afterLook: (then: () => Promise<void>) => void;
}

/**
 * Marks a segment as carried over unless some of it has to be tried again, and as reconciled once what it moved was
 * looked at: a window that has ended moves no more, so nobody else would notice the thresholds it had reached.
 * @throws when the database is away
 */
export async function carrySegmentOver(work: SegmentWork, name: string): Promise<void> {
  const { files, log, metrics, early } = work;
  const lines = await files.readLines(name);
  const tooEarly: string[] = [];
  const refused: string[] = [];
  let unreadable = 0;
  for (let start = 0; start < lines.length; start += linesPerPass) {
    const slice = lines.slice(start, start + linesPerPass);
    const entries = slice.flatMap((line) => lineToEntry(line) ?? []);
    unreadable += slice.length - entries.length;
    const carried = await carryOver(work.target, entries);
    metrics.carriedOver.inc(carried.counted);
    refused.push(...carried.refused);
    tooEarly.push(...carried.tooEarly.map(({ receiptId }) => receiptId));
    tellMoved(work, entries, new Set([...carried.refused, ...tooEarly]));
  }
  if (mayWait(work, name, tooEarly)) return;
  early.delete(name);
  const carriedName = await files.markCarried(name);
  work.afterLook(() => files.markReconciled(carriedName));
  const lost = [...refused, ...tooEarly];
  metrics.refused.inc(lost.length + unreadable);
  if (lost.length + unreadable > 0) {
    const fields = { alert: 'outage_journal', segment: name, refused: lost, unreadable };
    log.error(fields, 'decisions could not be carried over');
  }
  log.warn({ segment: name, lines: lines.length }, 'decisions of an outage were carried over');
}

/** What an earlier process has carried over and not looked at; looking once more tells nothing twice. */
export async function lookAtCarried(
  work: Pick<SegmentWork, 'files' | 'onCarriedOver' | 'afterLook'>,
  name: string,
): Promise<void> {
  const lines = await work.files.readLines(name);
  tellMoved(
    work,
    lines.flatMap((line) => lineToEntry(line) ?? []),
    new Set(),
  );
  work.afterLook(() => work.files.markReconciled(name));
}

/** A reservation may stand in the journal of a process that has not carried it over yet; all is tried again then. */
function mayWait({ early, monotonicMs }: SegmentWork, name: string, tooEarly: readonly string[]): boolean {
  if (tooEarly.length === 0) return false;
  const since = early.get(name) ?? monotonicMs();
  early.set(name, since);
  return monotonicMs() - since < tooEarlyMsMax;
}

function tellMoved(
  { onCarriedOver }: Pick<SegmentWork, 'onCarriedOver'>,
  entries: readonly OutageEntry[],
  unmoved: ReadonlySet<string>,
): void {
  for (const entry of entries) {
    const moved = unmoved.has(entry.receiptId) ? undefined : movedBy(entry);
    if (moved !== undefined) onCarriedOver(moved);
  }
}

/** What a settlement moved, it has told by itself. */
function movedBy(entry: OutageEntry): MovedTotal | undefined {
  if ('terms' in entry) return entry.terms;
  if (entry.report.kind !== 'level') return undefined;
  const { organizationId, feature, occurredAt } = entry.report.command;
  return { organizationId, feature, at: occurredAt };
}
