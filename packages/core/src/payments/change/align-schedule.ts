import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { PriceQuantity } from '../../subscriptions/subscription-gateway.ports.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { atOwnPrices } from '../own-prices/own-price.ts';
import { requireFamily } from '../purchase/offer.ts';
import { planItems, sellsSeats } from '../purchase/plan-items.ts';
import { countsFor, toPrices } from '../purchase/prepare-purchase.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { reload } from './carry-out.ts';
import { countedQuantity } from './plan-change.ts';

interface Asked {
  actor: Actor;
  organizationId: OrganizationId;
}

/**
 * Gives a scheduled change the seats and clients of now: what somebody decided for later stays decided, with the
 * quantities that a change in between brought. The schedule at Stripe is rewritten in place and never missing, so
 * that a crash leaves at worst the old quantities; repeating it mends them.
 */
export async function alignSchedule(
  deps: PurchaseDeps,
  { actor, organizationId }: Asked,
  { current, key }: { current: SubscriptionRecord; key: string },
): Promise<SubscriptionRecord> {
  const { scheduledChange, family, stripeSubscriptionId } = current;
  if (scheduledChange === null) return current;
  const items = await deps.unitOfWork.run(organizationId, (tx) =>
    scheduledItems(deps, tx, { organizationId, current }),
  );
  if (items.length === 0 || mainQuantity(items) === scheduledChange.quantity) return current;
  const { plan, planVersion } = scheduledChange;
  await deps.gateway.scheduleChange({
    stripeSubscriptionId,
    plan: { family, plan, planVersion },
    items,
    idempotencyKey: `${key}:schedule`,
  });
  await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  return reload(deps, organizationId, current.id);
}

async function scheduledItems(
  deps: PurchaseDeps,
  tx: PurchaseTx,
  { organizationId, current }: { organizationId: OrganizationId; current: SubscriptionRecord },
): Promise<PriceQuantity[]> {
  const { scheduledChange: next, family: familyKey, currency } = current;
  if (next === null) return [];
  const plan = await tx.planVersions.find(familyKey, next.plan, next.planVersion);
  if (plan === null) return [];
  // Fewer seats of the same plan are themselves what was decided.
  const isQuantityItself = next.plan === current.plan && next.interval === current.interval;
  const seats = isQuantityItself ? Number(next.quantity ?? '1') : Math.max(1, countedQuantity(current));
  const counts = await countsFor(tx, organizationId, { plan, quantity: sellsSeats(plan) ? seats : null });
  const family = requireFamily(deps.families, familyKey);
  const catalog = planItems(family, plan, { interval: next.interval, currency, counts });
  const own = await tx.ownPrices.list(organizationId);
  return toPrices(tx, atOwnPrices(catalog, own, next.at));
}

/** As the mirror reads it from a schedule: the first quantity that says something. */
function mainQuantity(items: readonly PriceQuantity[]): string | null {
  return items.find(({ quantity }) => quantity !== null && quantity !== '1')?.quantity ?? null;
}
