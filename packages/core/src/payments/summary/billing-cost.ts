import { keyedPricesOf } from '../../catalog/lookup-key.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { type UsagePrice, usagePriceOf } from '../../catalog/usage-price.ts';
import { rateUsage } from '../../rating/rate-usage.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { forecastUsage } from '../../usage/reading/forecast.ts';
import type { BillingFacts, MeteredStanding } from './read-billing-facts.ts';

/** What one currency's subscriptions cost in their running periods, in minor units. */
export interface CurrencyCost {
  currency: string;
  toDateMinor: bigint;
  recurringMinor: bigint;
  usageMinor: bigint;
  forecastMinor: bigint;
  forecastLowMinor: bigint;
  forecastHighMinor: bigint;
  /** At the same time of the period before; null = there was none. */
  previousSameDayMinor: bigint | null;
}

/** Trials cost nothing yet; what was never paid for or has ended costs nothing any more. */
const charged: ReadonlySet<string> = new Set(['active', 'past_due', 'unpaid']);

/**
 * Recurring amounts of the running periods plus usage rated as it will be billed. The forecast lets the usage of the
 * rest of the period go on at the rate so far; its band moves that rest by a fifth.
 */
export function billingCost(facts: BillingFacts): CurrencyCost[] {
  const costs = new Map<string, CurrencyCost>();
  for (const { record, plan } of facts.subscriptions) {
    if (plan === null || !charged.has(record.status)) continue;
    const cost = costOf(facts, record, plan);
    const sum = costs.get(record.currency);
    costs.set(record.currency, sum === undefined ? cost : addCosts(sum, cost));
  }
  return [...costs.values()].toSorted((left, right) => (left.currency < right.currency ? -1 : 1));
}

/** The full-period amount of everything but usage, from the pinned version's own prices; each line rounded once. */
export function recurringMinorOf(record: SubscriptionRecord, plan: PlanVersion): bigint {
  const prices = new Map(keyedPricesOf(plan).map((keyed) => [keyed.key, keyed.price]));
  return record.items.reduce((total, { priceKey, quantity }) => {
    const price = prices.get(priceKey);
    return price === undefined || quantity === null ? total : total + rateUsage(price, quantity).totalMinor;
  }, 0n);
}

export interface PricedUsage {
  standing: MeteredStanding;
  usagePrice: UsagePrice;
}

/** The metered features that cost this subscription something beyond what is included. */
export function pricedUsageOf(
  facts: Pick<BillingFacts, 'metered'>,
  record: Pick<SubscriptionRecord, 'family' | 'currency'>,
  plan: PlanVersion,
): PricedUsage[] {
  return facts.metered.flatMap((standing) => {
    const { entitlement, standing: family } = standing.grant;
    if (family.family.key !== record.family || entitlement?.kind !== 'metered') return [];
    const usagePrice = usagePriceOf(plan, entitlement, record.currency);
    return usagePrice === undefined ? [] : [{ standing, usagePrice }];
  });
}

function costOf(facts: BillingFacts, record: SubscriptionRecord, plan: PlanVersion): CurrencyCost {
  const recurringMinor = recurringMinorOf(record, plan);
  const priced = pricedUsageOf(facts, record, plan);
  const rated = (quantityOf: (standing: MeteredStanding) => Quantity) =>
    priced.reduce(
      (sum, { standing, usagePrice }) => sum + rateUsage(usagePrice.price, quantityOf(standing)).totalMinor,
      0n,
    );
  const forecastOf = (part: 'total' | 'low' | 'high') => (standing: MeteredStanding) =>
    forecastUsage({ period: standing.period, now: facts.at, used: standing.used, limit: null })?.[part] ??
    standing.used;
  const usageMinor = rated(({ used }) => used);
  const hadPeriodBefore =
    record.createdAt < record.currentPeriodStart ||
    priced.some(({ standing }) => standing.usedBefore !== null);
  return {
    currency: record.currency,
    recurringMinor,
    usageMinor,
    toDateMinor: recurringMinor + usageMinor,
    forecastMinor: recurringMinor + rated(forecastOf('total')),
    forecastLowMinor: recurringMinor + rated(forecastOf('low')),
    forecastHighMinor: recurringMinor + rated(forecastOf('high')),
    previousSameDayMinor: hadPeriodBefore
      ? recurringMinor + rated(({ usedBefore }) => usedBefore ?? '0')
      : null,
  };
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
    previousSameDayMinor: addKnown(left.previousSameDayMinor, right.previousSameDayMinor),
  };
}

function addKnown(left: bigint | null, right: bigint | null): bigint | null {
  return left === null && right === null ? null : (left ?? 0n) + (right ?? 0n);
}
