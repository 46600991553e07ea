import { billingPeriodAt, calendarMonth } from '../shared/time/billing-period.ts';
import { dayWindow } from '../shared/time/day-window.ts';
import type { Period } from '../shared/time/period.ts';
import { hourWindow } from '../shared/time/usage-bucket.ts';
import type { FamilyStanding, FeatureGrant } from './entitlement-snapshot.ts';

/**
 * The span in which usage counts toward the limit at this instant. Usage periods are months from the
 * subscription's anchor, beside an annual plan too, because usage is charged monthly; without a subscription they
 * are calendar months in UTC. Days run from midnight to midnight in the organization's zone, hours in UTC.
 */
export function limitWindow(grant: FeatureGrant, timeZone: string, at: Date): Period {
  const last = lastWindows.get(grant);
  if (last !== undefined && last.timeZone === timeZone && isWithin(last.window, at)) return last.window;
  const window = computeWindow(grant, timeZone, at);
  lastWindows.set(grant, { timeZone, window });
  return window;
}

/** Rights live for seconds and their windows for hours: nearly every question is about the window of the last one. */
const lastWindows = new WeakMap<FeatureGrant, { timeZone: string; window: Period }>();

function isWithin({ start, end }: Period, at: Date): boolean {
  return start <= at && at < end;
}

function computeWindow(grant: FeatureGrant, timeZone: string, at: Date): Period {
  const reset = grant.entitlement?.kind === 'metered' ? grant.entitlement.reset : 'billing_period';
  if (reset === 'hour') return hourWindow(at);
  if (reset === 'day') {
    const { start, end } = dayWindow(at, timeZone);
    return { start, end };
  }
  return usagePeriod(grant.standing, at);
}

/** The period usage of a family is counted and charged by. */
export function usagePeriod(standing: FamilyStanding, at: Date): Period {
  if (standing.subscription === null) return calendarMonth(at);
  const { start, end } = billingPeriodAt(
    standing.subscription.billingAnchor,
    { unit: 'month', count: 1 },
    at,
  );
  return { start, end };
}
