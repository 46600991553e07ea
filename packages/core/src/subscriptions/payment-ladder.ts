import type { PaymentFailurePolicy } from '../catalog/product-family.ts';
import type { Access } from './subscription-snapshot.ts';

const dayMs = 86_400_000;

export type PaymentStage = 'past_due' | 'restricted' | 'suspended' | 'canceled';

export interface PaymentStanding {
  stage: PaymentStage;
  access: Access;
  /** What happens next unless the invoice is paid; null once there is nothing left to lose. */
  next: { stage: PaymentStage; at: Date } | null;
}

const accessByStage: Readonly<Record<PaymentStage, Access>> = {
  past_due: 'full',
  restricted: 'restricted',
  suspended: 'suspended',
  canceled: 'suspended',
};

/**
 * Where an organization stands on R13 (payment failure), `pastDueSince` being the first failed attempt of a
 * still-open invoice. A step begins exactly its days × 24 hours later; steps of zero days begin at once.
 */
export function paymentStanding(policy: PaymentFailurePolicy, pastDueSince: Date, at: Date): PaymentStanding {
  const steps = ladderOf(policy, pastDueSince);
  const reached = steps.findLast((step) => step.at.getTime() <= at.getTime());
  const stage = reached?.stage ?? 'past_due';
  const next = steps.find((step) => step.at.getTime() > at.getTime()) ?? null;
  return { stage, access: accessByStage[stage], next };
}

/** From when the steps are counted: the first failed attempt, later by the days that staff granted. */
export function overdueSince({ pastDueSince, graceDays }: Overdue): Date | null {
  return pastDueSince === null ? null : new Date(pastDueSince.getTime() + graceDays * dayMs);
}

interface Overdue {
  pastDueSince: Date | null;
  graceDays: number;
}

/** Every step with the instant it begins, in order. */
export function ladderOf(
  policy: PaymentFailurePolicy,
  pastDueSince: Date,
): ReadonlyArray<{ stage: PaymentStage; at: Date }> {
  const after = (days: number) => new Date(pastDueSince.getTime() + days * dayMs);
  return [
    { stage: 'past_due', at: after(0) },
    { stage: 'restricted', at: after(policy.restrictedAfterDays) },
    { stage: 'suspended', at: after(policy.suspendedAfterDays) },
    { stage: 'canceled', at: after(policy.canceledAfterDays) },
  ];
}
