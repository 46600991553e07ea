import type { Price } from '../../catalog/price.ts';
import { usagePriceOf } from '../../catalog/usage-price.ts';
import { rateUsage } from '../../rating/rate-usage.ts';
import { addQuantities } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import { usagePeriod } from '../limit-window.ts';
import type { CounterKey, CounterLevels, ReadLevels } from '../limits.ports.ts';
import { type Budget, budgetWindow } from './budget.ts';

/** One total and its price; what lies before the budget's window is taken away again. */
export interface CostPart {
  key: CounterKey;
  price: Price;
  sign: 1n | -1n;
}

/** Usage of these is put on an invoice; a trial costs nothing yet. */
const charged: ReadonlySet<string> = new Set(['active', 'past_due', 'unpaid']);

/**
 * Which totals make up the cost of a budget's window at this instant. Free units and tiers belong to a billing
 * period, so a window that cuts one costs what the period has cost at its end less what it had cost at its begin.
 * A client's usage is valued without the free units and minimums, which belong to the organization as a whole: so no
 * client's cost depends on what others use.
 */
export function costPartsOf(snapshot: EntitlementSnapshot, budget: Budget, at: Date): CostPart[] {
  const window = budgetWindow(snapshot, budget, at);
  return [...snapshot.grants.values()].flatMap((grant) => {
    const price = priceOf(snapshot, grant, budget);
    if (price === undefined || grant.meter === null) return [];
    const key = {
      organizationId: snapshot.facts.organizationId,
      feature: grant.feature.key,
      aggregation: grant.meter.aggregation,
      ...(budget.clientId === null ? {} : { clientId: budget.clientId }),
    };
    return spansOf(grant, { window, at }).map(({ sign, ...span }) => ({
      key: { ...key, window: span },
      price,
      sign,
    }));
  });
}

/** In minor units: the same arithmetic as the invoice, with what is held counted like what is used. */
export function costOf(parts: readonly CostPart[], read: ReadLevels): bigint {
  return parts.reduce((sum, { key, price, sign }) => {
    const { used, reserved } = read(key);
    return sum + sign * rateUsage(price, addQuantities(used, reserved)).totalMinor;
  }, 0n);
}

/** Whether anything costs more before rounding: many requests of less than a minor unit cost something together. */
export function costsMore(parts: readonly CostPart[], read: ReadLevels, readAfter: ReadLevels): boolean {
  return parts.some(({ key, price }) => exactCost(price, read(key)) !== exactCost(price, readAfter(key)));
}

function exactCost(price: Price, { used, reserved }: CounterLevels): string | undefined {
  return rateUsage(price, addQuantities(used, reserved)).lines[0]?.explanation.exactAmount;
}

function priceOf(snapshot: EntitlementSnapshot, grant: FeatureGrant, budget: Budget): Price | undefined {
  const { entitlement, standing } = grant;
  if (entitlement?.kind !== 'metered' || standing.planVersion === null) return undefined;
  if (standing.subscription === null || !charged.has(standing.subscription.status)) return undefined;
  const price = usagePriceOf(standing.planVersion, entitlement, snapshot.facts.currency)?.price;
  return price !== undefined && budget.clientId !== null ? valueOfUnits(price) : price;
}

function valueOfUnits(price: Price): Price | undefined {
  if (price.model === 'flat') return undefined;
  const { included: _free, minimum: _least, ...units } = price;
  return units;
}

type SignedSpan = Period & { sign: 1n | -1n };

/** The parts of the feature's billing periods that make up the window, as far as it has come. */
function spansOf({ standing }: FeatureGrant, { window, at }: { window: Period; at: Date }): SignedSpan[] {
  const anchor = standing.subscription?.billingAnchor ?? window.start;
  const spans: SignedSpan[] = [];
  let period = usagePeriod(standing, new Date(Math.max(anchor.getTime(), window.start.getTime())));
  while (period.start <= at && period.start < window.end) {
    const end = new Date(Math.min(period.end.getTime(), window.end.getTime()));
    spans.push({ start: period.start, end, sign: 1n });
    if (period.start < window.start) spans.push({ start: period.start, end: window.start, sign: -1n });
    period = usagePeriod(standing, period.end);
  }
  return spans;
}
