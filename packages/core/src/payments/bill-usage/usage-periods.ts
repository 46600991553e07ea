import { billingPeriod, billingPeriodAt } from '../../shared/time/billing-period.ts';
import type { Period } from '../../shared/time/period.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';

/** An invoice of a period waits this long for late usage; what comes after becomes an adjustment (R5). */
export const freezeMs = 3_600_000;
/** Usage older than the accepted window cannot move a period any more. */
const lookBackMs = 36 * 86_400_000;
const monthly = { unit: 'month', count: 1 } as const;

export interface UsagePeriods {
  /** null once the subscription has ended. */
  current: Period | null;
  /** Ended more than an hour ago and still within reach of late usage, oldest first. */
  closed: Period[];
}

/** The months of a subscription counted from its anchor; the last one ends with the subscription. */
export function usagePeriodsOf(
  record: Pick<SubscriptionRecord, 'billingAnchor' | 'endedAt'>,
  now: Date,
): UsagePeriods {
  const { billingAnchor, endedAt } = record;
  const last = endedAt !== null && endedAt < now ? endedAt : now;
  const { index } = billingPeriodAt(billingAnchor, monthly, last);
  const isRunning = endedAt === null || endedAt >= now;
  const closed: Period[] = [];
  for (let n = Math.max(0, index - 2); n <= index; n++) {
    const whole = billingPeriod(billingAnchor, monthly, n);
    const end = endedAt !== null && endedAt < whole.end ? endedAt : whole.end;
    const closesAt = end.getTime() + freezeMs;
    const isClosed = closesAt <= now.getTime() && end.getTime() + lookBackMs > now.getTime();
    if (isClosed && whole.start < end) closed.push({ start: whole.start, end });
  }
  return { current: isRunning && index >= 0 ? billingPeriod(billingAnchor, monthly, index) : null, closed };
}

/** The running month and, until its invoice freezes, the one before; what is told of them still gets onto it. */
export function unfrozenPeriodsOf(record: Pick<SubscriptionRecord, 'billingAnchor'>, now: Date): Period[] {
  const { index } = billingPeriodAt(record.billingAnchor, monthly, now);
  return [index - 1, index]
    .filter((n) => n >= 0)
    .map((n) => billingPeriod(record.billingAnchor, monthly, n))
    .filter(({ end }) => end.getTime() + freezeMs > now.getTime());
}
