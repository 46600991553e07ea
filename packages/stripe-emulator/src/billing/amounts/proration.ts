import { fraction, roundHalfAway } from './fraction.ts';

/**
 * The share of a full-period amount for the time that remains at `at`, to the second, rounded once, half away
 * from zero. `at` may be either edge of the period.
 */
export function prorate(fullAmount: number, period: { start: number; end: number }, at: number): number {
  if (at < period.start || at > period.end) throw new RangeError('proration instant lies outside the period');
  return roundHalfAway(fraction(BigInt(fullAmount) * BigInt(period.end - at), period.end - period.start));
}
