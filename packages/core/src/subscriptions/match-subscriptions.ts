import { parseLookupKey } from '../catalog/lookup-key.ts';
import type { PlanVersion } from '../catalog/plan.ts';
import type { PlanVersionRepository } from '../catalog/publish-catalog.ports.ts';
import { asId, type IdSource, type OrganizationId, type SubscriptionId } from '../shared/ids.ts';
import type { BillingInterval, SubscriptionSnapshot } from './subscription-snapshot.ts';
import type { SubscriptionRecord, SubscriptionRepository } from './subscriptions.ports.ts';

/** What a snapshot means here: which plan its prices are, and which row it belongs to. */
export interface SubscriptionMatch {
  snapshot: SubscriptionSnapshot;
  local: SubscriptionRecord | null;
  id: SubscriptionId;
  /** null = the prices are not of this catalogue, or contradict each other. */
  terms: { plan: PlanVersion; interval: BillingInterval } | null;
}

export interface SyncIssue {
  code: 'SUBSCRIPTION_PRICE_UNKNOWN' | 'SUBSCRIPTION_DUPLICATE_LIVE' | 'SUBSCRIPTION_MODE_MISMATCH';
  stripeId: string;
}

/** Prices decide the plan: metadata is only text for people, and stays behind when the portal changes a plan. */
export async function matchSubscriptions(
  deps: { subscriptions: SubscriptionRepository; planVersions: PlanVersionRepository; ids: IdSource },
  organizationId: OrganizationId,
  snapshots: readonly SubscriptionSnapshot[],
): Promise<SubscriptionMatch[]> {
  const locals = await deps.subscriptions.list(organizationId, { includeEnded: true });
  const matches: SubscriptionMatch[] = [];
  for (const snapshot of snapshots) {
    const local =
      locals.find(({ stripeSubscriptionId }) => stripeSubscriptionId === snapshot.stripeSubscriptionId) ??
      null;
    matches.push({
      snapshot,
      local,
      id: local?.id ?? asId('subscription', deps.ids.next()),
      terms: await termsOf(deps.planVersions, snapshot.items),
    });
  }
  return matches;
}

type PricedItem = Pick<
  SubscriptionSnapshot['items'][number],
  'priceKey' | 'isMetered' | 'interval' | 'quantity'
>;

async function termsOf(
  planVersions: PlanVersionRepository,
  items: readonly PricedItem[],
): Promise<SubscriptionMatch['terms']> {
  const identities = items.map(({ priceKey }) => (priceKey === null ? undefined : parseLookupKey(priceKey)));
  const [first] = identities;
  const isOnePlan = identities.every(
    (identity) =>
      identity !== undefined &&
      identity.family === first?.family &&
      identity.plan === first.plan &&
      identity.version === first.version,
  );
  // The same price twice would count its usage or its seats twice.
  const isDistinct = new Set(items.map(({ priceKey }) => priceKey)).size === items.length;
  // A plan bought zero times would be had for nothing.
  const isBought = items.every(
    ({ quantity }, n) => identities[n]?.component !== 'base' || quantity === null || Number(quantity) > 0,
  );
  if (first === undefined || !isOnePlan || !isDistinct || !isBought) return null;
  const plan = await planVersions.find(first.family, first.plan, first.version);
  if (plan === null) return null;
  const interval =
    items.find(({ isMetered, interval }) => !isMetered && interval !== null)?.interval ?? 'month';
  return { plan, interval };
}
