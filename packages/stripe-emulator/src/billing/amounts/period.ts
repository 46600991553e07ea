import type { Interval } from '../../store/rows.ts';

const SECONDS = { day: 86_400, week: 7 * 86_400 } as const;

/**
 * The nth period boundary in seconds, always counted from the anchor, clamped to the end of shorter months and
 * never chained: 31 Jan → 28 Feb → 31 Mar.
 */
export function boundary(
  anchor: number,
  interval: { interval: Interval; interval_count: number },
  n: number,
): number {
  const steps = n * interval.interval_count;
  if (interval.interval === 'day' || interval.interval === 'week')
    return anchor + steps * SECONDS[interval.interval];
  return addMonths(anchor, interval.interval === 'year' ? 12 * steps : steps);
}

export function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000);
  const month = from.getUTCFullYear() * 12 + from.getUTCMonth() + months;
  const year = Math.floor(month / 12);
  const monthIndex = month - year * 12;
  const lastDay = new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return Math.floor(Date.UTC(year, monthIndex, day) / 1000) + (anchor - startOfDay(from));
}

function startOfDay(date: Date): number {
  return Math.floor(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) / 1000);
}
