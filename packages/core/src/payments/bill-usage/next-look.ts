import { freezeMs, lookBackMs, type UsageMonth } from '../../rating/segments/terms-months.ts';
import type { UsageProof } from '../prove-usage/prove-usage.ports.ts';

/** What a look at one organization found. */
export interface Outlook {
  /** Of all its subscriptions, as far as late usage can still reach them. */
  months: readonly Pick<UsageMonth, 'period' | 'isClosed'>[];
  /** Stripe has not made the invoice of a closed month yet. */
  isWaitingForStripe: boolean;
  /** A correction or backfill was announced whose usage may still be on its way. */
  isReopened: boolean;
  /** What the look proved; what is proved for good is in none of them any more. */
  proofs: readonly Pick<UsageProof, 'verdict' | 'differences'>[];
}

/** Within the next quarter of an hour, in which the job runs again. */
const soonMs = 300_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Whatever nobody thought of is found before late usage is out of reach. */
const weekMs = 7 * dayMs;
const proofsMax = 100;

/**
 * When time alone gives an organization something to bill again; null = never, only a change does. `closedUntil` is
 * what the look before knew. A month that this look closed is looked at twice: usage that was being written while it
 * was counted did not know yet that it was late.
 */
export function nextLookAt(
  outlook: Outlook,
  { now, closedUntil }: { now: Date; closedUntil: Date | null },
): Date | null {
  const { months, proofs, isWaitingForStripe, isReopened } = outlook;
  const closes = months
    .filter(({ isClosed }) => !isClosed)
    .map(({ period }) => period.end.getTime() + freezeMs);
  const waits = [
    ...(isNewlyClosed(outlook, closedUntil) || proofs.length >= proofsMax ? [soonMs] : []),
    ...(isWaitingForStripe ? [hourMs] : []),
    // An announcement is settled by the first look more than an hour after it.
    ...(isReopened ? [hourMs + soonMs] : []),
    ...proofs
      .filter(({ verdict }) => verdict === 'different')
      .map(({ differences }) => (differences < 2 ? soonMs : dayMs)),
    ...(months.length > 0 ? [weekMs] : []),
  ];
  const instants = [...closes, ...waits.map((wait) => now.getTime() + wait)];
  return instants.length === 0 ? null : new Date(Math.min(...instants));
}

/** The end of the latest closed month: usage before it is late. */
export function closedUntilOf({ months }: Pick<Outlook, 'months'>): Date {
  const ends = months.filter(({ isClosed }) => isClosed).map(({ period }) => period.end.getTime());
  return new Date(Math.max(0, ...ends));
}

function isNewlyClosed(outlook: Outlook, closedUntil: Date | null): boolean {
  const reached = closedUntilOf(outlook);
  return reached.getTime() > 0 && (closedUntil === null || reached > closedUntil);
}

/** After days without a look, everything that the look before could still have reached is within reach again. */
export function reachOf(lookedAt: Date | null, reopenedFrom: Date | null): Date | null {
  if (lookedAt === null) return reopenedFrom;
  const since = new Date(lookedAt.getTime() - lookBackMs);
  return reopenedFrom !== null && reopenedFrom < since ? reopenedFrom : since;
}
