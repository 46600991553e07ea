import { daysInMonth } from './calendar-date.ts';
import type { Period } from './period.ts';

/** How long one billing period is: every `count` days, months or years. */
export interface PeriodLength {
  readonly unit: 'day' | 'month' | 'year';
  readonly count: number;
}

export interface IndexedPeriod extends Period {
  /** Number of the period counted from the anchor; the period that starts at the anchor is 0. */
  readonly index: number;
}

const dayMs = 86_400_000;

/**
 * The nth period after `anchor` (n from 0; negative n lie before it). Every boundary is computed from the anchor,
 * never from the previous boundary, and is clamped to the end of its month: 31 Jan → 29 Feb → 31 Mar.
 * Days, months and times of day are those of UTC. Throws RangeError for an invalid anchor, interval or n.
 */
export function billingPeriod(anchor: Date, interval: PeriodLength, n: number): { start: Date; end: Date } {
  requireValid(anchor, interval);
  if (!Number.isSafeInteger(n)) throw new RangeError('a period number is an integer');
  return { start: boundary(anchor, interval, n), end: boundary(anchor, interval, n + 1) };
}

/** The period that contains `at` (start inclusive, end exclusive). Throws RangeError as `billingPeriod` does. */
export function billingPeriodAt(anchor: Date, interval: PeriodLength, at: Date): IndexedPeriod {
  requireValid(anchor, interval);
  if (Number.isNaN(at.getTime())) throw new RangeError('an instant is a valid date');
  // The estimate is exact or one too high: clamping and times of day move a boundary within its month only.
  let index = estimateIndex(anchor, interval, at);
  if (boundary(anchor, interval, index).getTime() > at.getTime()) index -= 1;
  return { ...billingPeriod(anchor, interval, index), index };
}

/** The calendar month in UTC; what an organization without a subscription is counted by. */
export function calendarMonth(at: Date): Period {
  return {
    start: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)),
    end: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)),
  };
}

function boundary(anchor: Date, interval: PeriodLength, n: number): Date {
  if (interval.unit === 'day') return new Date(anchor.getTime() + n * interval.count * dayMs);
  const months = n * interval.count * (interval.unit === 'year' ? 12 : 1);
  const monthNumber = anchor.getUTCFullYear() * 12 + anchor.getUTCMonth() + months;
  const year = Math.floor(monthNumber / 12);
  const month = monthNumber - year * 12;
  const day = Math.min(anchor.getUTCDate(), daysInMonth(year, month + 1));
  const timeOfDayMs = ((anchor.getTime() % dayMs) + dayMs) % dayMs;
  return new Date(Date.UTC(year, month, day) + timeOfDayMs);
}

function estimateIndex(anchor: Date, interval: PeriodLength, at: Date): number {
  if (interval.unit === 'day') {
    return Math.floor((at.getTime() - anchor.getTime()) / (interval.count * dayMs));
  }
  const months =
    (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + (at.getUTCMonth() - anchor.getUTCMonth());
  return Math.floor(months / (interval.count * (interval.unit === 'year' ? 12 : 1)));
}

function requireValid(anchor: Date, interval: PeriodLength): void {
  if (Number.isNaN(anchor.getTime())) throw new RangeError('an anchor is a valid date');
  if (!Number.isSafeInteger(interval.count) || interval.count < 1) {
    throw new RangeError('an interval counts at least one day, month or year');
  }
}
