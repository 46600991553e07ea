import { priceOfKey } from '../catalog/own-price.ts';
import type { PlanVersion } from '../catalog/plan.ts';
import { toMajorDecimal } from '../shared/money/money.ts';
import { rateUsage } from './rate-usage.ts';

/** What one subscription charges regularly. */
export interface RecurringSubscription {
  status: string;
  interval: 'month' | 'year';
  currency: string;
  /** The version it is pinned to; undefined = not known here, then it counts nothing. */
  plan: PlanVersion | undefined;
  /** Usage has no quantity and is no recurring revenue. */
  items: readonly { priceKey: string; quantity: string | null }[];
}

export interface RecurringRevenue {
  currency: string;
  amountMinor: bigint;
}

/** Paying now, or expected to; a trial has not been paid for yet. */
const counted: ReadonlySet<string> = new Set(['active', 'past_due']);

/**
 * Monthly recurring revenue per currency, in alphabetical order: full-period amounts of everything but usage, a
 * year as twelve months, rounded once per subscription. Currencies are never added up.
 */
export function monthlyRecurring(subscriptions: readonly RecurringSubscription[]): RecurringRevenue[] {
  const totals = new Map<string, bigint>();
  for (const subscription of subscriptions) {
    const amount = recurringAmount(subscription);
    totals.set(subscription.currency, (totals.get(subscription.currency) ?? 0n) + amount);
  }
  return [...totals]
    .filter(([, amountMinor]) => amountMinor !== 0n)
    .map(([currency, amountMinor]) => ({ currency, amountMinor }))
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** What one subscription counts, in minor units of its currency; zero while nothing is paid for it. */
export function recurringAmount({ items, interval, plan, status }: RecurringSubscription): bigint {
  if (!counted.has(status) || plan === undefined) return 0n;
  let total = 0n;
  for (const { priceKey, quantity } of items) {
    const price = priceOfKey(plan, priceKey)?.price;
    if (price !== undefined && quantity !== null) total += rateUsage(price, quantity).totalMinor;
  }
  // Half away from zero; recurring amounts are not negative.
  return interval === 'year' ? (total * 2n + 12n) / 24n : total;
}

/** Orders by size where currencies cannot be compared exactly: the largest major-unit figure counts. */
export function revenueRank(revenue: readonly RecurringRevenue[]): number {
  return Math.max(0, ...revenue.map((one) => Number(toMajorDecimal(one))));
}
