import { type KeyedPrice, pricesForSubscription } from '../../catalog/lookup-key.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { rateUsage } from '../../rating/rate-usage.ts';
import type { BillingInterval } from '../../subscriptions/subscription-snapshot.ts';

/** What is counted for the quantities of a subscription. */
export interface Counts {
  /** Active clients; every one is charged, the first too. */
  clients: number;
  /** Seats bought or wanted. */
  seats: number;
}

export interface Terms {
  interval: BillingInterval;
  currency: string;
}

/** One price of a subscription with how much of it; null for metered ones. */
export interface PlanItem extends KeyedPrice {
  quantity: number | null;
}

/**
 * What a subscription on this plan consists of at Stripe: its base once, seats and add-ons by count (nothing counted =
 * no item), and the metered prices that are reported to Stripe. Usage rated here has no item.
 */
export function planItems(
  family: ProductFamily,
  plan: PlanVersion,
  terms: Terms & { counts: Counts },
): PlanItem[] {
  return pricesForSubscription(plan, terms).flatMap((keyed) => quantified(keyed, family, terms.counts));
}

function quantified(keyed: KeyedPrice, family: ProductFamily, counts: Counts): PlanItem[] {
  const { component } = keyed;
  switch (component.kind) {
    case 'base':
      return [{ ...keyed, quantity: 1 }];
    case 'seat':
      return [{ ...keyed, quantity: Math.max(1, counts.seats) }];
    case 'addon': {
      const addOn = family.addOns.find(({ key }) => key === component.addOn);
      const quantity = addOn?.counts === 'seats' ? counts.seats : counts.clients;
      return quantity === 0 ? [] : [{ ...keyed, quantity }];
    }
    case 'usage':
      return component.billing === 'stripe_meter' ? [{ ...keyed, quantity: null }] : [];
  }
}

/** What one full period costs without usage, in minor units; each line rounded once (R2). */
export function recurringMinor(items: readonly PlanItem[]): bigint {
  return items.reduce((total, item) => total + itemMinor(item), 0n);
}

export function itemMinor({ price, quantity }: PlanItem): bigint {
  return quantity === null ? 0n : rateUsage(price, String(quantity)).totalMinor;
}

/** Whether the plan sells by seats; then the quantity of a purchase means seats, else clients. */
export function sellsSeats(plan: PlanVersion): boolean {
  return plan.prices.some(({ kind }) => kind === 'seat');
}
