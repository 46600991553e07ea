import type { SubscriptionStatus } from './subscription-snapshot.ts';
import { hasStarted, isLive } from './subscription-status.ts';

export interface SubscriptionStanding {
  stripeSubscriptionId: string;
  status: SubscriptionStatus;
  createdAt: Date;
}

/**
 * Orders the subscriptions of one family, the one that counts first: started before merely begun before ended,
 * then the younger, then by id so that every process picks the same one.
 */
export function compareSubscriptions(left: SubscriptionStanding, right: SubscriptionStanding): number {
  return (
    rank(left.status) - rank(right.status) ||
    right.createdAt.getTime() - left.createdAt.getTime() ||
    (left.stripeSubscriptionId < right.stripeSubscriptionId ? -1 : 1)
  );
}

/** The subscription that decides for the organization in this family; `undefined` when all have ended. */
export function currentSubscription<T extends SubscriptionStanding>(candidates: readonly T[]): T | undefined {
  return candidates.filter(({ status }) => isLive(status)).toSorted(compareSubscriptions)[0];
}

/** True when another one decides: news about this one never moves the organization's plan. */
export function isSuperseded(
  subscription: SubscriptionStanding,
  siblings: readonly SubscriptionStanding[],
): boolean {
  const current = currentSubscription(siblings);
  return current !== undefined && current.stripeSubscriptionId !== subscription.stripeSubscriptionId;
}

function rank(status: SubscriptionStatus): number {
  if (hasStarted(status)) return 0;
  return isLive(status) ? 1 : 2;
}
