import type { OrganizationId } from '../../shared/ids.ts';
import { billingPeriodAt } from '../../shared/time/billing-period.ts';
import { type DayWindow, dayWindow, dayWindows } from '../../shared/time/day-window.ts';
import { type ChargedSubscription, chargedOf } from '../summary/billing-cost.ts';
import { readSubscriptions } from '../summary/read-billing-facts.ts';
import { costAtEndOfDay } from './cost-at-end-of-day.ts';
import type { CostDay, TakeCostDaysDeps } from './cost-days.ports.ts';

/** So long after midnight what happened before it may still be on its way. */
const settledMs = 15 * 60_000;
/** Of a longer standstill the days before stay unknown. */
const caughtUpMs = 31 * 86_400_000;

/**
 * Writes down what every local day that has ended since the last time had cost when it ended; of an organization that
 * is looked at for the first time, the days of its running periods. Safe to repeat, and beside itself.
 */
export async function takeCostDays(
  deps: TakeCostDaysDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<number> {
  const takenAt = deps.clock.now();
  const entitlements = await deps.entitlements.snapshotOf(organizationId);
  const { timeZone } = entitlements.facts;
  const end = dayWindow(new Date(takenAt.getTime() - settledMs), timeZone).start;
  const stored = await deps.unitOfWork.run(organizationId, async (tx) => {
    const last = await tx.costDays.lastEnd(organizationId);
    if (last !== null && last >= end) return { last, subscriptions: [] };
    return { last, subscriptions: chargedOf(await readSubscriptions(tx, organizationId)) };
  });
  const { last, subscriptions } = stored;
  if (subscriptions.length === 0) return 0;
  const days: CostDay[] = [];
  for (const day of daysToTake({ last: last ?? begunAt(subscriptions, end), end, timeZone })) {
    for (const cost of await costAtEndOfDay(deps, { entitlements, subscriptions }, day)) {
      days.push({ ...cost, day: day.date, endedAt: day.end, takenAt });
    }
  }
  return await deps.unitOfWork.run(organizationId, ({ costDays }) => costDays.insert(organizationId, days));
}

function daysToTake({ last, end, timeZone }: { last: Date; end: Date; timeZone: string }): DayWindow[] {
  const start = new Date(Math.max(last.getTime(), end.getTime() - caughtUpMs));
  return start < end ? dayWindows({ start, end }, timeZone) : [];
}

/** When the first of the months began that run at the end of the last day. */
function begunAt(subscriptions: readonly ChargedSubscription[], end: Date): Date {
  const starts = subscriptions.map(({ record: { billingAnchor, createdAt } }) => {
    const month = billingPeriodAt(billingAnchor, { unit: 'month', count: 1 }, new Date(end.getTime() - 1));
    return Math.max(month.start.getTime(), createdAt.getTime());
  });
  return new Date(Math.min(...starts));
}
