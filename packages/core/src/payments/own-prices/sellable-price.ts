import { type KeyedPrice, keyedPricesOf } from '../../catalog/lookup-key.ts';
import { mayHaveOwnPrice } from '../../catalog/own-price.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { plansOf } from '../../catalog/stripe-catalog.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseTx } from '../purchase/purchase.ports.ts';
import type { OwnPrice, PricePlace } from './own-price.ts';

/** A price that can be agreed on, with the version of the plan that it is of. */
export interface SellablePrice extends KeyedPrice {
  family: ProductFamily;
  plan: PlanVersion;
}

/**
 * The version of each plan whose prices an organization pays or would pay: the one it is pinned to, else the one that
 * is sold. Hand-sold plans are made to measure as a whole, and what is free has no price.
 */
export async function plansInReach(
  tx: Pick<PurchaseTx, 'subscriptions' | 'planVersions'>,
  families: readonly ProductFamily[],
  organizationId: OrganizationId,
): Promise<{ family: ProductFamily; plan: PlanVersion; subscription: SubscriptionRecord | null }[]> {
  const live = (await tx.subscriptions.list(organizationId)).filter(({ status }) => hasStarted(status));
  const found: { family: ProductFamily; plan: PlanVersion; subscription: SubscriptionRecord | null }[] = [];
  for (const family of families) {
    for (const sold of plansOf(family).filter(({ offer }) => offer === 'self_service')) {
      const subscription =
        live.find((record) => record.family === family.key && record.plan === sold.key) ?? null;
      const pinned =
        subscription === null || subscription.planVersion === sold.version
          ? sold
          : await tx.planVersions.find(family.key, sold.key, subscription.planVersion);
      found.push({ family, plan: pinned ?? sold, subscription });
    }
  }
  return found;
}

/** Licensed prices of a plan in a currency that can be another amount. */
export function sellablePrices(
  { family, plan }: { family: ProductFamily; plan: PlanVersion },
  currency: string,
): SellablePrice[] {
  return keyedPricesOf(plan)
    .filter((keyed) => mayHaveOwnPrice(keyed) && keyed.price.currency === currency)
    .map((keyed) => ({ ...keyed, family, plan }));
}

export function placeOf({ family, plan, component, interval, price }: SellablePrice): PricePlace {
  return {
    family: family.key,
    plan: plan.key,
    component: component.key,
    interval,
    currency: price.currency,
  };
}

export function isOpenAt({ expiresAt, endedAt }: OwnPrice, at: Date): boolean {
  return endedAt === null && (expiresAt === null || at < expiresAt);
}
