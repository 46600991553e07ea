import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { UsageSegment } from './usage-segments.ts';

/** A part of a month with what was counted before it and until its end. */
export interface CountedSegment extends UsageSegment {
  before: Quantity;
  total: Quantity;
}

/** The terms that a billing keeps, and where in the month it stands. */
export function countingOf({ plan, month, period, before }: CountedSegment) {
  return {
    planVersion: `${plan.family}/${plan.key}/${plan.version}`,
    countedFrom: isFirstPart({ month, period }) ? null : month.start,
    quantityBefore: before,
  };
}

/** All totals of one moment: a month's parts must not count what came in between. */
export async function countSegments(
  deps: { usage: Pick<UsageReader, 'totals'> },
  organizationId: OrganizationId,
  segments: readonly UsageSegment[],
): Promise<CountedSegment[]> {
  const { totals } = await deps.usage.totals(organizationId, segments.flatMap(countedSpans));
  return withTotals(segments, totals);
}

/** The totals that a part is rated by: until its end, and until its begin when the month began before it. */
export function countedSpans({ meter: { key, aggregation }, month, period }: UsageSegment) {
  const until = (end: Date) => ({ meter: key, aggregation, period: { start: month.start, end } });
  return isFirstPart({ month, period }) ? [until(period.end)] : [until(period.end), until(period.start)];
}

/** Puts the totals of all parts' spans, in the same order, back to their parts. */
export function withTotals(segments: readonly UsageSegment[], totals: readonly Quantity[]): CountedSegment[] {
  let position = 0;
  return segments.map((segment) => {
    const total = totals[position] ?? '0';
    const before = isFirstPart(segment) ? '0' : (totals[position + 1] ?? '0');
    position += countedSpans(segment).length;
    return { ...segment, total, before };
  });
}

function isFirstPart({ month, period }: Pick<UsageSegment, 'month' | 'period'>): boolean {
  return month.start.getTime() === period.start.getTime();
}
