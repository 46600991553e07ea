import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { atOwnPrices } from '../own-prices/own-price.ts';
import { requireFamily } from '../purchase/offer.ts';
import { planItems, sellsSeats } from '../purchase/plan-items.ts';
import { countsFor, toPrices } from '../purchase/prepare-purchase.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { reload } from './carry-out.ts';
import { countedQuantity } from './plan-change.ts';
import type { QuoteRecord } from './quotes.ports.ts';

/**
 * Schedules again what was scheduled before a change of quantity: Stripe lets go of a schedule for a change, and what
 * somebody decided for later must not be lost by it. With the quantity of now. Accepting the quote again finishes what
 * a crash left half done.
 */
export async function keepSchedule(
  deps: PurchaseDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
  state: { quote: QuoteRecord; current: SubscriptionRecord; attempt: number },
): Promise<SubscriptionRecord> {
  const { quote, current, attempt } = state;
  const { keptSchedule } = quote.target;
  const isOver = deps.clock.now() >= quote.expiresAt;
  if (keptSchedule === null || current.scheduledChange !== null || isOver) return current;
  const { plan: planKey, planVersion, interval } = keptSchedule;
  const items = await deps.unitOfWork.run(organizationId, async (tx) => {
    const plan = await tx.planVersions.find(quote.family, planKey, planVersion);
    if (plan === null) return [];
    const quantity = sellsSeats(plan) ? Math.max(1, countedQuantity(current)) : null;
    const counts = await countsFor(tx, organizationId, { plan, quantity });
    const family = requireFamily(deps.families, quote.family);
    const { currency } = current;
    const catalog = planItems(family, plan, { interval, currency, counts });
    const own = await tx.ownPrices.list(organizationId);
    return toPrices(tx, atOwnPrices(catalog, own, current.currentPeriodEnd));
  });
  if (items.length === 0) return current;
  const { stripeSubscriptionId } = current;
  await deps.gateway.scheduleChange({
    stripeSubscriptionId,
    plan: { family: quote.family, plan: planKey, planVersion },
    items,
    idempotencyKey: `quote:${quote.id}:${attempt}:schedule`,
  });
  await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  return reload(deps, organizationId, current.id);
}
