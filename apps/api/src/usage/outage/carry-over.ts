import { AppError } from '@metergate/core';
import type { GaugeStore, LimitLedger } from '@metergate/core/limits/limits.ports';
import type { OutageDecision, OutageEntry, OutageReport } from '@metergate/core/limits/outage/outage.ports';
import type { UsageWriteOutcome } from '@metergate/core/usage/usage.ports';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import type { ReceiptRow } from '@metergate/db/metering';

export interface CarryOverTarget {
  ledger: Pick<LimitLedger, 'reserve'>;
  gauges: Pick<GaugeStore, 'apply'>;
  storeUsage: (entries: readonly UsageEventEntry[]) => Promise<UsageWriteOutcome[]>;
  /** Whether each id stands for just this usage, whenever it is said to have happened. */
  findCounted: (entries: readonly UsageEventEntry[]) => Promise<boolean[]>;
  storeReceipts: (receipts: readonly ReceiptRow[]) => Promise<void>;
  settle: (settlement: Settlement) => Promise<void>;
  /** Whether a failure says that the database is away, and nothing about the decision. */
  isAway: (error: unknown) => boolean;
}

/** A reservation that was committed or released while the database was away. */
export type Settlement = Extract<OutageReport['report'], { kind: 'settle' }> &
  Pick<OutageReport, 'organizationId'>;

export interface CarriedOver {
  /** Took effect now, or had taken effect when the attempt before the outage turned out to have succeeded. */
  counted: number;
  /** Receipt ids of decisions that the database refuses for good; they need a person. */
  refused: string[];
  /** Settlements of reservations that are not in the database yet: another journal may have them. */
  tooEarly: OutageEntry[];
}

/** Each is a few round trips; the pool has to serve what is asked now as well. */
const chainsAtOnce = 4;
type Fate = 'counted' | 'refused' | 'too_early';

const unknownLevels = { used: '0', reserved: '0' } as const;

/**
 * Brings decisions and reports into the database. Every one carries the id it had when it was made, so running this again, or
 * beside an attempt that had been given up and succeeded after all, counts nothing twice.
 * @throws when the database is away again: nothing is lost, run it again
 */
export async function carryOver(
  target: CarryOverTarget,
  entries: readonly OutageEntry[],
): Promise<CarriedOver> {
  try {
    return await carryTogether(target, entries);
  } catch (error) {
    const [first] = entries;
    if (first === undefined || target.isAway(error)) throw error;
    if (entries.length === 1) return { counted: 0, refused: [first.receiptId], tooEarly: [] };
    // One entry that cannot be stored (its organization is gone) must not hold up the others.
    const middle = Math.ceil(entries.length / 2);
    const halves = [entries.slice(0, middle), entries.slice(middle)];
    const total: CarriedOver = { counted: 0, refused: [], tooEarly: [] };
    for (const half of halves) {
      const { counted, refused, tooEarly } = await carryOver(target, half);
      total.counted += counted;
      total.refused.push(...refused);
      total.tooEarly.push(...tooEarly);
    }
    return total;
  }
}

async function carryTogether(target: CarryOverTarget, entries: readonly OutageEntry[]): Promise<CarriedOver> {
  const decisions = entries.filter((entry) => 'effect' in entry);
  // Receipts first: a repeated consume finds its first answer even while the event is still on its way.
  await target.storeReceipts(decisions.filter(needsReceipt).map(toReceipt));
  const consumed = decisions.flatMap(({ receiptId, effect }) =>
    effect.kind === 'consume' ? [{ receiptId, entry: effect.entry }] : [],
  );
  const refused = await storeConsumed(target, consumed);
  const tooEarly: OutageEntry[] = [];
  await inChains(entries, async (entry) => {
    const fate = await applyAlone(target, entry);
    if (fate === 'refused') refused.push(entry.receiptId);
    if (fate === 'too_early') tooEarly.push(entry);
  });
  return { counted: entries.length - refused.length - tooEarly.length, refused, tooEarly };
}

/**
 * Answers the receipts of what is refused. The attempt before the outage may have been stored, and its answer lost: the
 * same usage under the same id is counted already, at the moment of its first attempt.
 */
async function storeConsumed(
  target: CarryOverTarget,
  consumed: readonly { receiptId: string; entry: UsageEventEntry }[],
): Promise<string[]> {
  const outcomes = await target.storeUsage(consumed.map(({ entry }) => entry));
  const unclear = consumed.filter((_, n) => outcomes[n] === 'id_reused');
  const isCounted = unclear.length === 0 ? [] : await target.findCounted(unclear.map(({ entry }) => entry));
  const counted = new Set(unclear.filter((_, n) => isCounted[n] === true));
  return consumed
    .filter((one, n) => outcomes[n] !== 'accepted' && outcomes[n] !== 'duplicate' && !counted.has(one))
    .map(({ receiptId }) => receiptId);
}

/** In the order they were kept where one follows from another: a reservation comes before its commit. */
async function inChains(
  entries: readonly OutageEntry[],
  work: (entry: OutageEntry) => Promise<void>,
): Promise<void> {
  const chains = [...Map.groupBy(entries, chainOf).entries()].flatMap(([key, chain]) =>
    key === null ? [] : [chain],
  );
  const walk = async () => {
    for (let chain = chains.shift(); chain !== undefined; chain = chains.shift()) {
      for (const entry of chain) await work(entry);
    }
  };
  const walks = await Promise.allSettled(Array.from({ length: chainsAtOnce }, walk));
  for (const walked of walks) if (walked.status === 'rejected') throw walked.reason;
}

/** null = nothing is left to be done for it alone. */
function chainOf(entry: OutageEntry): string | null {
  if ('report' in entry) {
    const { report } = entry;
    return report.kind === 'settle' ? report.reservationId : levelOf(report.command);
  }
  if (entry.effect.kind === 'reserve') return entry.effect.reservationId;
  return entry.effect.kind === 'take' ? levelOf(entry.effect.command) : null;
}

function levelOf({ organizationId, feature }: { organizationId: string; feature: string }): string {
  return `${organizationId} ${feature}`;
}

/** Reservations and levels write their receipts themselves, and tell by them that they were made already. */
function needsReceipt({ effect }: OutageDecision): boolean {
  return effect.kind === 'none' || effect.kind === 'consume';
}

function toReceipt({ receiptId, terms, verdict }: OutageDecision): ReceiptRow {
  return { id: receiptId, terms, verdict, levels: unknownLevels };
}

async function applyAlone(target: CarryOverTarget, entry: OutageEntry): Promise<Fate> {
  try {
    if ('report' in entry) await applyReport(target, entry);
    else await applyEffect(target, entry);
    return 'counted';
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'unavailable') throw error;
    const isSettlement = 'report' in entry && entry.report.kind === 'settle';
    return isSettlement && error.code === 'NOT_FOUND' ? 'too_early' : 'refused';
  }
}

async function applyReport(target: CarryOverTarget, { organizationId, report }: OutageReport): Promise<void> {
  if (report.kind === 'level') await target.gauges.apply(report.command);
  else await target.settle({ ...report, organizationId });
}

async function applyEffect(
  target: CarryOverTarget,
  { effect, terms, verdict }: OutageDecision,
): Promise<void> {
  if (effect.kind === 'take') {
    await target.gauges.apply({ ...effect.command, decide: () => verdict });
  } else if (effect.kind === 'reserve') {
    const { kind: _, ...command } = effect;
    await target.ledger.reserve({ ...command, others: [], terms, decide: () => verdict });
  }
}
