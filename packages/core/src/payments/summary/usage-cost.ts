import type { EntitlementSnapshot, FamilyStanding } from '../../limits/entitlement-snapshot.ts';
import { usagePeriod } from '../../limits/limit-window.ts';
import { pricedSegments } from '../../limits/priced-segments.ts';
import { rateSegment } from '../../rating/rate-segment.ts';
import { type CountedSegment, countedSpans, withTotals } from '../../rating/segments/counted-segment.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import { billingPeriod, billingPeriodAt } from '../../shared/time/billing-period.ts';
import { contains, intersection, type Period } from '../../shared/time/period.ts';
import { forecastBegins, forecastUsage } from '../../usage/reading/forecast.ts';

/** The parts of one subscription's running month and of the same span of the month before, with what was counted. */
export interface CountedUsage {
  family: string;
  running: CountedSegment[];
  /** null = there was no month before. */
  before: CountedSegment[] | null;
}

interface AskedUsage {
  family: string;
  running: UsageSegment[];
  before: UsageSegment[] | null;
}

/** Which totals the cost of all subscriptions needs, and how to put them together again. */
export function usageToCount(snapshot: EntitlementSnapshot, at: Date) {
  const asked = snapshot.standings
    .filter(({ subscription }) => subscription !== null)
    .map((standing) => askedOf(snapshot, standing, at));
  const segments = asked.flatMap(({ running, before }) => [...running, ...(before ?? [])]);
  return {
    spans: segments.flatMap(countedSpans),
    count(totals: readonly Quantity[]): CountedUsage[] {
      const counted = withTotals(segments, totals);
      return asked.map(({ family, running, before }) => ({
        family,
        running: counted.splice(0, running.length),
        before: before === null ? null : counted.splice(0, before.length),
      }));
    },
  };
}

/** In minor units; each part is a line, rounded once. */
export function usageCost(segments: readonly CountedSegment[]): bigint {
  return segments.reduce(
    (sum, segment) => sum + rateSegment(segment.usagePrice.price, segment).totalMinor,
    0n,
  );
}

/** The same parts with what the rest of the month will bring at the rate so far. */
export function forecastSegments(
  segments: readonly CountedSegment[],
  { at, part }: { at: Date; part: 'total' | 'low' | 'high' },
): CountedSegment[] {
  return segments.map((segment) => {
    const { meter, month, period, before, total } = segment;
    if (period.end <= at) return segment;
    const { aggregation } = meter;
    const until = (end: Date, used: Quantity) =>
      forecastUsage({ aggregation, period: { start: month.start, end }, now: at, used, limit: null })?.[
        part
      ] ?? used;
    return {
      ...segment,
      before: period.start <= at ? before : until(period.start, before),
      total: until(period.end, total),
    };
  });
}

/** When the last of these parts can be forecast that cannot be yet; null = all that grow with time are. */
export function costForecastBegins(segments: readonly CountedSegment[], at: Date): Date | null {
  const begins = segments.flatMap(({ meter, month, period }) => {
    const state = { period: { start: month.start, end: period.end }, now: at };
    return forecastBegins({ meter, isServed: true }, state) ?? [];
  });
  return begins.toSorted((left, right) => right.getTime() - left.getTime())[0] ?? null;
}

function askedOf(snapshot: EntitlementSnapshot, standing: FamilyStanding, at: Date): AskedUsage {
  const before = sameSpanBefore(standing, at);
  const since = before?.start ?? usagePeriod(standing, at).start;
  const segments = pricedSegments(snapshot, standing, { since, at });
  return {
    family: standing.family.key,
    running: segments.filter(({ month }) => contains(month, at)),
    before: before === null ? null : segments.flatMap((segment) => cutTo(before, segment)),
  };
}

function cutTo(span: Period, segment: UsageSegment): UsageSegment[] {
  const period = intersection(segment.period, span);
  return period === undefined ? [] : [{ ...segment, period }];
}

/** The period before, cut off where this one stands now. */
function sameSpanBefore({ subscription }: FamilyStanding, at: Date): Period | null {
  if (subscription === null) return null;
  const monthly = { unit: 'month', count: 1 } as const;
  const current = billingPeriodAt(subscription.billingAnchor, monthly, at);
  if (current.index < 1) return null;
  const before = billingPeriod(subscription.billingAnchor, monthly, current.index - 1);
  const elapsedMs = at.getTime() - current.start.getTime();
  const lengthMs = before.end.getTime() - before.start.getTime();
  if (elapsedMs <= 0) return null;
  return { start: before.start, end: new Date(before.start.getTime() + Math.min(elapsedMs, lengthMs)) };
}
