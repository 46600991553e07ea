import type { Quantity } from '../shared/money/quantity.ts';
import type { EffectiveQuantityEntitlement } from './effective-entitlements.ts';
import { type KeyedPrice, pricesForSubscription } from './lookup-key.ts';
import type { PlanVersion } from './plan.ts';
import type { Price } from './price.ts';
import type { UsageBilling } from './price-component.ts';

export interface UsagePrice {
  /** Lookup key of the catalogue price it comes from. */
  key: string;
  billing: UsageBilling;
  price: Price;
}

/**
 * What a unit of a feature costs this organization: the plan's usage price with the organization's own free units
 * and, when there is one, its own unit price. `undefined` when nothing is charged for the feature.
 */
export function usagePriceOf(
  plan: PlanVersion,
  entitlement: EffectiveQuantityEntitlement,
  currency: string,
): UsagePrice | undefined {
  const found = pricesForSubscription(plan, { interval: 'month', currency }).find(
    ({ component }) => component.kind === 'usage' && component.feature === entitlement.feature,
  );
  if (found?.component.kind !== 'usage' || entitlement.freeUnits.kind === 'unlimited') return undefined;
  const free = entitlement.freeUnits.quantity;
  // Stripe's meter knows the plan's price alone: what has a price of its own is rated here.
  const billing = entitlement.unitPriceOverride === null ? found.component.billing : 'invoice_item';
  return { key: found.key, billing, price: ownPrice(found, { free, entitlement }) };
}

function ownPrice(
  { price }: KeyedPrice,
  terms: { free: Quantity; entitlement: EffectiveQuantityEntitlement },
): Price {
  const { free, entitlement } = terms;
  const allowance = price.model === 'flat' ? undefined : price.included;
  // Free units of the price itself stay when the entitlement adds none.
  const included = free === '0' ? (allowance ?? '0') : free;
  if (entitlement.unitPriceOverride !== null) {
    return {
      model: 'per_unit',
      currency: price.currency,
      unitPrice: entitlement.unitPriceOverride,
      included,
    };
  }
  return price.model === 'flat' ? price : { ...price, included };
}
