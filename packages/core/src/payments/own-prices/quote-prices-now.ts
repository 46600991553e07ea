import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { quoteChange } from '../change/quote-change.ts';
import type { QuoteRecord } from '../change/quotes.ports.ts';
import { requireFamily } from '../purchase/offer.ts';
import { planItems } from '../purchase/plan-items.ts';
import { countsFor } from '../purchase/prepare-purchase.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { repricedItems } from './items-of-change.ts';
import { publishPrices } from './publish-own-prices.ts';

/**
 * Quotes what it costs, or gives back, to charge what is agreed now from now on instead of from the next renewal on.
 * Accepting it is accepting any quote. @throws CHANGE_IS_NOTHING, SUBSCRIPTION_NOT_FOUND, STRIPE_UNAVAILABLE
 */
export async function quotePricesNow(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; family: string },
): Promise<QuoteRecord> {
  const { actor, organizationId } = request;
  authorize(actor, { staff: 'billing_ops' });
  const family = requireFamily(deps.families, request.family);
  await publishPrices(deps, organizationId, async (tx) => {
    const subscription = await tx.subscriptions.findCurrent(organizationId, family.key);
    if (subscription === null) return [];
    const { plan: key, planVersion, interval, currency } = subscription;
    const plan = await tx.planVersions.find(family.key, key, planVersion);
    if (plan === null) return [];
    const counts = await countsFor(tx, organizationId, { plan, quantity: null });
    const own = await tx.ownPrices.list(organizationId);
    const catalog = planItems(family, plan, { interval, currency, counts });
    const items = repricedItems(catalog, { subscription, own, now: deps.clock.now() });
    return items
      .filter(({ component }) => component.kind !== 'usage')
      .map((item) => ({ family, plan, own: item }));
  });
  const wish = { family: family.key, at: 'now' as const, isRepriced: true };
  return quoteChange(deps, { actor, organizationId, wish });
}
