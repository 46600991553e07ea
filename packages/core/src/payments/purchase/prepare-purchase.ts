import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { PlanReference, PriceQuantity } from '../../subscriptions/subscription-gateway.ports.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import { atOwnPrices } from '../own-prices/own-price.ts';
import { publishOwnPrices } from '../own-prices/publish-own-prices.ts';
import { syncFromStripe } from '../sync-organization.ts';
import type { Offer } from './offer.ts';
import { type Counts, type PlanItem, planItems, sellsSeats } from './plan-items.ts';
import { pricesNotPublished, subscriptionExists, trialUsed } from './purchase.errors.ts';
import type { PurchaseDeps, PurchaseTx } from './purchase.ports.ts';

/** The feature whose level is the number of people who use the platform's product. */
const usersFeature = 'users';

/** Days of trial that were asked for, and those that come with the plan. */
export interface TrialWish {
  wished: number | undefined;
  ofPlan: number;
}

/**
 * Under the purchase claim: reads Stripe first, so that a subscription a webhook has not told us about yet is seen.
 * Answers the days of trial the new one gets, or null: a trial is given once per organization and family; and how many
 * subscriptions of the family are known, live or not.
 * @throws SUBSCRIPTION_EXISTS, TRIAL_ALREADY_USED
 */
export async function requireNoSubscription(
  deps: PurchaseDeps,
  request: { organizationId: OrganizationId; actor: Actor; family: string; trial: TrialWish },
): Promise<{ trialDays: number | null; known: number }> {
  const { organizationId, actor, family } = request;
  await syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  const past = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId, { includeEnded: true }),
  );
  const ofFamily = past.filter((subscription) => subscription.family === family);
  // One that waits for its first payment does not block: it is replaced, and expires by itself.
  const live = ofFamily.find(({ status }) => hasStarted(status));
  if (live !== undefined) throw subscriptionExists(family);
  const isUsed = ofFamily.some(({ trialEnd }) => trialEnd !== null);
  if (isUsed && request.trial.wished !== undefined) throw trialUsed();
  const days = request.trial.wished ?? request.trial.ofPlan;
  return { trialDays: isUsed || days === 0 ? null : days, known: ofFamily.length };
}

/** Default quantities: active clients, or one seat for each user of the product, at least one. */
export async function countsFor(
  tx: PurchaseTx,
  organizationId: OrganizationId,
  offer: Pick<Offer, 'plan' | 'quantity'>,
): Promise<Counts> {
  const clients = await tx.clients.countActive(organizationId);
  const users = Number((await tx.levels.levels(organizationId)).get(usersFeature) ?? '0');
  if (offer.quantity === null) return { clients, seats: Math.max(1, users) };
  return sellsSeats(offer.plan)
    ? { clients, seats: offer.quantity }
    : { clients: offer.quantity, seats: users };
}

/**
 * The items of an offer with the ids its prices have at Stripe: what is bought now costs what was agreed with the
 * organization, else what the catalogue says. @throws CATALOG_NOT_PUBLISHED, STRIPE_UNAVAILABLE
 */
export async function pricedItems(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  offer: Offer,
): Promise<{ items: PlanItem[]; prices: PriceQuantity[] }> {
  await publishOwnPrices(deps, organizationId);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const counts = await countsFor(tx, organizationId, offer);
    const own = await tx.ownPrices.list(organizationId);
    const catalog = planItems(offer.family, offer.plan, { ...offer, counts });
    const items = atOwnPrices(catalog, own, deps.clock.now());
    return { items, prices: await toPrices(tx, items) };
  });
}

export async function toPrices(tx: PurchaseTx, items: readonly PlanItem[]): Promise<PriceQuantity[]> {
  const ids = await tx.catalogObjects.findStripeIds(
    'price',
    items.map(({ key }) => key),
  );
  const missing = items.filter(({ key }) => !ids.has(key));
  if (missing.length > 0) throw pricesNotPublished(missing.map(({ key }) => key));
  return items.map(({ key, quantity }) => ({
    stripePriceId: ids.get(key) ?? '',
    quantity: quantity === null ? null : String(quantity),
  }));
}

export function planReference({ plan }: Pick<Offer, 'plan'>): PlanReference {
  return { family: plan.family, plan: plan.key, planVersion: plan.version };
}
