import type { EntitlementSnapshot, FamilyStanding } from '../../limits/entitlement-snapshot.ts';
import { usagePeriod } from '../../limits/limit-window.ts';
import { pricedSegments } from '../../limits/priced-segments.ts';
import { countSegments } from '../../rating/segments/counted-segment.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import type { DayWindow } from '../../shared/time/day-window.ts';
import { contains, intersection } from '../../shared/time/period.ts';
import { type ChargedSubscription, inCurrency, recurringMinorOf } from '../summary/billing-cost.ts';
import { usageCost } from '../summary/usage-cost.ts';
import type { CostDay, TakeCostDaysDeps } from './cost-days.ports.ts';

/**
 * What subscriptions had cost in their running periods when a day ended, by currency. Usage counts by when it
 * happened, each part at the terms of that time; a period that ends with the day is still the running one.
 */
export async function costAtEndOfDay(
  { usage }: Pick<TakeCostDaysDeps, 'usage'>,
  known: { entitlements: EntitlementSnapshot; subscriptions: readonly ChargedSubscription[] },
  day: DayWindow,
): Promise<Pick<CostDay, 'currency' | 'recurringMinor' | 'usageMinor'>[]> {
  const { entitlements } = known;
  const asked = known.subscriptions
    .filter(({ record }) => record.createdAt < day.end)
    .map((subscription) => ({ ...subscription, segments: segmentsOf(entitlements, subscription, day) }));
  const counted = await countSegments(
    { usage },
    entitlements.facts.organizationId,
    asked.flatMap(({ segments }) => segments),
  );
  const costs = new Map<string, { recurringMinor: bigint; usageMinor: bigint }>();
  for (const { record, plan, segments } of asked) {
    const cost = costs.get(record.currency) ?? { recurringMinor: 0n, usageMinor: 0n };
    costs.set(record.currency, {
      recurringMinor: cost.recurringMinor + recurringMinorOf(record, plan),
      usageMinor: cost.usageMinor + usageCost(inCurrency(counted.splice(0, segments.length), record)),
    });
  }
  return [...costs].map(([currency, cost]) => ({ currency, ...cost }));
}

/** The parts of the month that ran at the end of the day, as far as they had run. */
function segmentsOf(
  entitlements: EntitlementSnapshot,
  { record }: ChargedSubscription,
  day: DayWindow,
): UsageSegment[] {
  const standing = entitlements.standings.find(({ subscription }) => subscription?.id === record.id);
  if (standing === undefined) return [];
  const last = new Date(day.end.getTime() - 1);
  return partsUntil(entitlements, standing, { last, end: day.end });
}

function partsUntil(
  entitlements: EntitlementSnapshot,
  standing: FamilyStanding,
  { last, end }: { last: Date; end: Date },
): UsageSegment[] {
  const since = usagePeriod(standing, last).start;
  return pricedSegments(entitlements, standing, { since, at: last })
    .filter(({ month }) => contains(month, last))
    .flatMap((segment) => {
      const period = intersection(segment.period, { start: segment.month.start, end });
      return period === undefined ? [] : [{ ...segment, period }];
    });
}
