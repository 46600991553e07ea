import { rational, roundHalfAwayFromZero } from '../shared/money/rational.ts';
import { epochSeconds, period as makePeriod, type Period, periodSeconds } from '../shared/time/period.ts';

export interface ProrationInput {
  /** Full-period amount of the present price as it was really charged, after its discounts. Minor units, ≥ 0. */
  oldMinor: bigint;
  /** Full-period amount of the new price after discounts. Minor units, ≥ 0. */
  newMinor: bigint;
  /** The whole current billing period, even when the present price began inside it. */
  period: Period;
  /** When the change takes effect; `period.start ≤ at ≤ period.end`. */
  at: Date;
}

export interface Proration {
  /** Unused time of the old price, ≤ 0. */
  creditMinor: bigint;
  /** Remaining time at the new price, ≥ 0. */
  debitMinor: bigint;
  /** Sum of the two lines; a negative one becomes credit balance, never a refund. */
  netMinor: bigint;
}

/**
 * Two lines for a change inside a billing period, exact to the second: credit −old·remaining/total and debit
 * new·remaining/total, each rounded once, half away from zero. Changing there and back at one instant nets zero.
 * Throws RangeError for an instant outside the period, an empty period or a negative amount.
 */
export function prorate({ oldMinor, newMinor, period, at }: ProrationInput): Proration {
  const { start, end } = makePeriod(period.start, period.end);
  if (!(start.getTime() <= at.getTime() && at.getTime() <= end.getTime())) {
    throw new RangeError('a change takes effect inside its billing period');
  }
  if (oldMinor < 0n || newMinor < 0n) throw new RangeError('prorated amounts are not negative');
  const total = periodSeconds({ start, end });
  if (total === 0n) throw new RangeError('a billing period lasts at least one second');
  const remaining = epochSeconds(end) - epochSeconds(at);
  const creditMinor = roundHalfAwayFromZero(rational(-oldMinor * remaining, total));
  const debitMinor = roundHalfAwayFromZero(rational(newMinor * remaining, total));
  return { creditMinor, debitMinor, netMinor: creditMinor + debitMinor };
}
