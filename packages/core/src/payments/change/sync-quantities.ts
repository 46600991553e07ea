import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { alignmentAfter } from '../own-prices/alignment-message.ts';
import { itemsNow } from '../own-prices/items-of-change.ts';
import { publishOwnPrices } from '../own-prices/publish-own-prices.ts';
import { requireFamily } from '../purchase/offer.ts';
import { planItems } from '../purchase/plan-items.ts';
import { countsFor, toPrices } from '../purchase/prepare-purchase.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { alignSchedule } from './align-schedule.ts';
import { countedQuantity, itemChanges } from './plan-change.ts';

const running: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due']);

/**
 * Brings counted quantities (active clients) of all running subscriptions in line with what is counted now, so that
 * any number of changes since the last call is one change at Stripe. The difference is prorated to the second and
 * comes with the next invoice. Seats are bought, not counted, and stay.
 */
export async function syncQuantities(
  deps: PurchaseDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<void> {
  const subscriptions = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId),
  );
  for (const { family, status } of subscriptions) {
    if (!running.has(status)) continue;
    await withPurchaseClaim(deps, { organizationId, family }, (attempt) =>
      syncFamily(deps, { actor, organizationId, family, attempt }),
    );
  }
}

async function syncFamily(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; family: string; attempt: number },
): Promise<void> {
  const { actor, organizationId, family, attempt } = request;
  const current = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findCurrent(organizationId, family),
  );
  if (current === null) return;
  await publishOwnPrices(deps, organizationId);
  const items = await countedItems(deps, organizationId, { current, attempt });
  const key = `quantities:${current.stripeSubscriptionId}:${attempt}`;
  if (items.length > 0) {
    await deps.gateway.changeSubscription({
      stripeSubscriptionId: current.stripeSubscriptionId,
      plan: { family, plan: current.plan, planVersion: current.planVersion },
      items,
      proration: 'next_invoice',
      prorationAt: deps.clock.now(),
      idempotencyKey: key,
    });
    await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  }
  await alignSchedule(deps, { actor, organizationId }, { current, key });
}

async function countedItems(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  { current, attempt }: { current: SubscriptionRecord; attempt: number },
) {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const plan = await tx.planVersions.find(current.family, current.plan, current.planVersion);
    if (plan === null) return [];
    const counts = await countsFor(tx, organizationId, { plan, quantity: null });
    const seats = countedQuantity(current);
    const family = requireFamily(deps.families, current.family);
    const { interval, currency } = current;
    const catalog = planItems(family, plan, { interval, currency, counts: { ...counts, seats } });
    const own = await tx.ownPrices.list(organizationId);
    const wanted = itemsNow(catalog, { subscription: current, own, now: deps.clock.now() });
    if (own.length > 0) {
      await tx.outbox.add(alignmentAfter(organizationId, `quantities:${current.id}:${attempt}`));
    }
    const prices = await toPrices(tx, wanted);
    const priced = wanted.map((item, index) => ({
      ...item,
      stripePriceId: prices[index]?.stripePriceId ?? '',
    }));
    return itemChanges(current.items, priced);
  });
}
