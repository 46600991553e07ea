import { lookupKey, parseLookupKey } from '../../catalog/lookup-key.ts';
import { priceOfKey, unitPriceOf } from '../../catalog/own-price.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { UnitPrice } from '../../shared/money/unit-price.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { SubscriptionItemRecord } from '../../subscriptions/subscriptions.ports.ts';

/** What one of an item costs now, by the plan, and from the next renewal on; null for usage, tiers and packages. */
export function itemPriceOf(
  plan: PlanVersion,
  item: SubscriptionItemRecord,
): { unitPrice: UnitPrice; planPrice: UnitPrice; nextUnitPrice: UnitPrice } | null {
  const identity = parseLookupKey(item.priceKey);
  if (identity === undefined || item.quantity === null) return null;
  const { own: _, ...catalog } = identity;
  const amountOf = (key: string) => {
    const found = priceOfKey(plan, key);
    return found === undefined ? null : unitPriceOf(found.price);
  };
  const planPrice = amountOf(lookupKey(catalog));
  const unitPrice = amountOf(asRunning(item).priceKey);
  const nextUnitPrice = amountOf(item.priceKey);
  if (planPrice === null || unitPrice === null || nextUnitPrice === null) return null;
  return { unitPrice, planPrice, nextUnitPrice };
}
