import type { PaymentFailurePolicy } from '../catalog/product-family.ts';
import type { Access, SubscriptionStatus } from './subscription-snapshot.ts';

const dayMs = 86_400_000;

/**
 * What a subscription in this status may use, by R13 (payment failure): full at first, restricted and suspended by
 * the family's days since the first failed attempt of a still-open invoice. Day 7 begins exactly 7 × 24 hours after.
 */
export function accessOf(
  subscription: { status: SubscriptionStatus; pastDueSince: Date | null },
  policy: PaymentFailurePolicy,
  now: Date,
): Access {
  switch (subscription.status) {
    case 'active':
    case 'trialing':
      return 'full';
    case 'past_due':
    case 'unpaid':
      return overdueAccess(subscription.pastDueSince, policy, now);
    // Nothing was paid yet, the trial is over without a card, or the end has come.
    case 'incomplete':
    case 'incomplete_expired':
    case 'paused':
    case 'canceled':
      return 'suspended';
  }
}

function overdueAccess(since: Date | null, policy: PaymentFailurePolicy, now: Date): Access {
  if (since === null) return 'full';
  const days = (now.getTime() - since.getTime()) / dayMs;
  if (days >= policy.suspendedAfterDays) return 'suspended';
  return days >= policy.restrictedAfterDays ? 'restricted' : 'full';
}
