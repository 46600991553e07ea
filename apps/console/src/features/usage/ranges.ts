import { now, parseInstant } from '../../app/now.ts';
import { dayEnd, dayStart } from '../../components/day-bounds.ts';

export const ranges = ['period', '7d', '30d', '90d', 'custom'] as const;
export type Range = (typeof ranges)[number];

export const rangeLabels: Readonly<Record<Range, string>> = {
  period: 'This period',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  custom: 'Custom',
};

export interface Span {
  from?: string;
  to?: string;
  granularity: 'hour' | 'day' | 'week' | 'month';
}

export interface RangeChoice {
  range: Range;
  /** Calendar days, both inclusive; only read when the range is custom. */
  from: string;
  to: string;
}

const daysByRange = { '7d': 7, '30d': 30, '90d': 90 } as const;
const dayMs = 86_400_000;

/** Without ends the API answers the current billing period. Rounded to the hour, so that the query can be cached. */
export function spanOf(choice: RangeChoice, timeZone: string): Span {
  if (choice.range === 'period') return { granularity: 'day' };
  if (choice.range === 'custom') return customSpan(choice, timeZone);
  const hourMs = 3_600_000;
  const to = Math.ceil(now().getTime() / hourMs) * hourMs;
  const from = to - daysByRange[choice.range] * dayMs;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    granularity: choice.range === '90d' ? 'week' : 'day',
  };
}

/** Why the two days are no range yet; null when they are. */
export function customProblem({ from, to }: Pick<RangeChoice, 'from' | 'to'>): string | null {
  if (from === '' || to === '') return 'Choose the first and the last day.';
  if (!isDay(from) || !isDay(to)) return 'A day is written like 2026-11-30.';
  if (from > to) return 'The first day is after the last one.';
  return Date.parse(to) - Date.parse(from) > daysMax * dayMs ? 'A range is at most five years.' : null;
}

const daysMax = 5 * 366;
const hoursUpToDays = 3;
const daysUpToDays = 92;
const weeksUpToDays = 366;

function customSpan(choice: RangeChoice, timeZone: string): Span {
  const from = dayStart(choice.from, timeZone);
  const to = dayEnd(choice.to, timeZone);
  if (customProblem(choice) !== null || from === null || to === null) return { granularity: 'day' };
  const days = (parseInstant(to).getTime() - parseInstant(from).getTime()) / dayMs;
  return { from, to, granularity: granularityFor(days) };
}

/** As fine as a chart stays legible. */
function granularityFor(days: number): Span['granularity'] {
  if (days <= hoursUpToDays) return 'hour';
  if (days <= daysUpToDays) return 'day';
  return days <= weeksUpToDays ? 'week' : 'month';
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
