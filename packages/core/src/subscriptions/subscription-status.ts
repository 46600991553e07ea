import type { SubscriptionStatus } from './subscription-snapshot.ts';

/** Every status, as at Stripe. */
export const subscriptionStatuses: readonly SubscriptionStatus[] = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
];

const ended: ReadonlySet<SubscriptionStatus> = new Set(['canceled', 'incomplete_expired']);
const started: ReadonlySet<SubscriptionStatus> = new Set([
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
]);

/** Counts as the family's one subscription: neither canceled nor expired before its first payment. */
export function isLive(status: SubscriptionStatus): boolean {
  return !ended.has(status);
}

/** Decides what its organization may use (to the degree its access says); false before the first payment. */
export function hasStarted(status: SubscriptionStatus): boolean {
  return started.has(status);
}

/** An ended subscription never lives again under its id, whatever a late message says; all else Stripe decides. */
export function canMoveTo(from: SubscriptionStatus, to: SubscriptionStatus): boolean {
  return isLive(from) || from === to;
}
