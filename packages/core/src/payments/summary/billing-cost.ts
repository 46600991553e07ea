import { priceOfKey } from '../../catalog/own-price.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { rateUsage } from '../../rating/rate-usage.ts';
import type { CountedSegment } from '../../rating/segments/counted-segment.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillingFacts } from './read-billing-facts.ts';
import { costForecastBegins, forecastSegments, usageCost } from './usage-cost.ts';

/** What one currency's subscriptions cost in their running periods, in minor units. */
export interface CurrencyCost {
  currency: string;
  toDateMinor: bigint;
  recurringMinor: bigint;
  usageMinor: bigint;
  forecastMinor: bigint;
  forecastLowMinor: bigint;
  forecastHighMinor: bigint;
  /** Until then the forecast knows nothing about usage that is to come; null = it does. */
  forecastFrom: Date | null;
  /** At the same time of the period before; null = there was none. */
  previousSameDayMinor: bigint | null;
}

/** A subscription that costs something, and the plan that it is on. */
export interface ChargedSubscription {
  record: SubscriptionRecord;
  plan: PlanVersion;
}

/** Trials cost nothing yet; what was never paid for or has ended costs nothing any more. */
const charged: ReadonlySet<string> = new Set(['active', 'past_due', 'unpaid']);

export function chargedOf(subscriptions: BillingFacts['subscriptions']): ChargedSubscription[] {
  return subscriptions.flatMap(({ record, plan }) =>
    plan === null || !charged.has(record.status) ? [] : [{ record, plan }],
  );
}

/**
 * Recurring amounts of the running periods plus usage, each part of a month at the terms in force when it happened. The forecast lets the usage of the
 * rest of the period go on at the rate so far; its band moves that rest by a fifth.
 */
export function billingCost(facts: BillingFacts): CurrencyCost[] {
  const costs = new Map<string, CurrencyCost>();
  for (const { record, plan } of chargedOf(facts.subscriptions)) {
    const cost = costOf(facts, record, plan);
    const sum = costs.get(record.currency);
    costs.set(record.currency, sum === undefined ? cost : addCosts(sum, cost));
  }
  return [...costs.values()].toSorted((left, right) => (left.currency < right.currency ? -1 : 1));
}

/** The full-period amount of everything but usage at what the running period is charged; each line rounded once. */
export function recurringMinorOf(record: SubscriptionRecord, plan: PlanVersion): bigint {
  return record.items.map(asRunning).reduce((total, { priceKey, quantity }) => {
    const price = priceOfKey(plan, priceKey)?.price;
    return price === undefined || quantity === null ? total : total + rateUsage(price, quantity).totalMinor;
  }, 0n);
}

function costOf(facts: BillingFacts, record: SubscriptionRecord, plan: PlanVersion): CurrencyCost {
  const recurringMinor = recurringMinorOf(record, plan);
  const usage = facts.usage.find(({ family }) => family === record.family);
  const running = inCurrency(usage?.running, record);
  const before = usage?.before ?? null;
  const hadPeriodBefore = record.createdAt < record.currentPeriodStart || before !== null;
  const usageMinor = usageCost(running);
  const forecastOf = (part: 'total' | 'low' | 'high') =>
    recurringMinor + usageCost(forecastSegments(running, { at: facts.at, part }));
  return {
    currency: record.currency,
    recurringMinor,
    usageMinor,
    toDateMinor: recurringMinor + usageMinor,
    forecastMinor: forecastOf('total'),
    forecastLowMinor: forecastOf('low'),
    forecastHighMinor: forecastOf('high'),
    forecastFrom: costForecastBegins(running, facts.at),
    previousSameDayMinor: hadPeriodBefore
      ? recurringMinor + usageCost(inCurrency(before ?? [], record))
      : null,
  };
}

/** What was charged in another currency before is no part of this sum. */
export function inCurrency(
  segments: readonly CountedSegment[] | undefined,
  { currency }: SubscriptionRecord,
): CountedSegment[] {
  return (segments ?? []).filter(({ usagePrice }) => usagePrice.price.currency === currency);
}

function addCosts(left: CurrencyCost, right: CurrencyCost): CurrencyCost {
  return {
    currency: left.currency,
    toDateMinor: left.toDateMinor + right.toDateMinor,
    recurringMinor: left.recurringMinor + right.recurringMinor,
    usageMinor: left.usageMinor + right.usageMinor,
    forecastMinor: left.forecastMinor + right.forecastMinor,
    forecastLowMinor: left.forecastLowMinor + right.forecastLowMinor,
    forecastHighMinor: left.forecastHighMinor + right.forecastHighMinor,
    forecastFrom: laterOf(left.forecastFrom, right.forecastFrom),
    previousSameDayMinor: addKnown(left.previousSameDayMinor, right.previousSameDayMinor),
  };
}

function addKnown(left: bigint | null, right: bigint | null): bigint | null {
  return left === null && right === null ? null : (left ?? 0n) + (right ?? 0n);
}

function laterOf(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}
