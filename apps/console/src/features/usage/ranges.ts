import { now } from '../../app/now.ts';

export const ranges = ['period', '7d', '30d', '90d'] as const;
export type Range = (typeof ranges)[number];

export const rangeLabels: Readonly<Record<Range, string>> = {
  period: 'This period',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
};

interface Span {
  from?: string;
  to?: string;
  granularity: 'day' | 'week';
}

const daysByRange = { '7d': 7, '30d': 30, '90d': 90 } as const;

/** Without ends the API answers the current billing period. Rounded to the hour, so that the query can be cached. */
export function spanOf(range: Range): Span {
  if (range === 'period') return { granularity: 'day' };
  const hourMs = 3_600_000;
  const to = Math.ceil(now().getTime() / hourMs) * hourMs;
  const from = to - daysByRange[range] * 24 * hourMs;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    granularity: range === '90d' ? 'week' : 'day',
  };
}
