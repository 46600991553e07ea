import type { ClientId } from '../../shared/ids.ts';
import { calendarMonth } from '../../shared/time/billing-period.ts';
import type { Period } from '../../shared/time/period.ts';
import type { EntitlementSnapshot, FamilyStanding } from '../entitlement-snapshot.ts';
import { usagePeriod } from '../limit-window.ts';

export type BudgetPeriod = 'billing_period' | 'calendar_month';

/** What an organization allows to be spent on usage in a period; plan fees, seats and add-ons are not part of it. */
export interface Budget {
  /** null = all usage of the organization. */
  clientId: ClientId | null;
  amountMinor: bigint;
  currency: string;
  period: BudgetPeriod;
  /** `block` refuses what would cost more; `alert` only tells. */
  onReached: 'alert' | 'block';
  /** Percent of the amount. */
  thresholds: readonly number[];
}

/**
 * The span a budget is for: the calendar month in UTC, or the month of the oldest subscription; without a
 * subscription both are the same.
 */
export function budgetWindow(
  snapshot: EntitlementSnapshot,
  { period }: Pick<Budget, 'period'>,
  at: Date,
): Period {
  const oldest = period === 'billing_period' ? oldestStanding(snapshot) : undefined;
  return oldest === undefined ? calendarMonth(at) : usagePeriod(oldest, at);
}

function oldestStanding({ standings }: EntitlementSnapshot): FamilyStanding | undefined {
  const anchorOf = ({ subscription }: FamilyStanding) => subscription?.billingAnchor.getTime() ?? Infinity;
  return standings
    .filter(({ subscription }) => subscription !== null)
    .toSorted((a, b) => anchorOf(a) - anchorOf(b))[0];
}
