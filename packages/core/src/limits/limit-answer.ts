import { toPublicId } from '../shared/ids.ts';
import { addQuantities, compareQuantities, subtractQuantities } from '../shared/money/quantity.ts';
import type { LimitReason } from './decide-limit.ts';
import { type FeatureGrant, isSoldBySeat } from './entitlement-snapshot.ts';
import { limitMessage } from './limit-message.ts';
import { type LimitSubject, windowOf } from './limit-subject.ts';
import type { Settled } from './limits.ports.ts';
import type { LimitAnswer } from './limits.schemas.ts';

/** `upgradeTo` is worked out when the decision is fresh; a repeated call answers without one. */
export function toLimitAnswer(
  subject: LimitSubject,
  settled: Settled,
  upgradeTo: string | null,
): LimitAnswer {
  const { grant } = subject;
  const { used, reserved } = settled.levels;
  const plan = grant.standing.family.plans.find(({ key }) => key === upgradeTo);
  const words = {
    featureName: grant.feature.name,
    upgradeName: plan?.name ?? null,
    ...(isSoldBySeat(grant) && { seats: wayToSeats(grant) }),
  };
  const counted = settled.decidedAt === undefined ? subject : { ...subject, countedAt: settled.decidedAt };
  const resetsAt = grant.feature.kind === 'metered' ? windowOf(counted).end.toISOString() : null;
  return {
    decision: settled.decision,
    used,
    reserved,
    limit: settled.limit,
    remaining: remainingOf(settled),
    resetsAt,
    reason: settled.reason,
    message: isKnownReason(settled.reason)
      ? limitMessage({ reason: settled.reason, limit: settled.limit }, words)
      : '',
    upgradeTo,
    receiptId: toPublicId('receipt', settled.receiptId),
  };
}

function wayToSeats({ standing: { subscription } }: FeatureGrant): 'bought' | 'bought_automatically' {
  const isAgreed = subscription?.seatsMax != null && subscription.seatsMax >= subscription.seats;
  return isAgreed ? 'bought_automatically' : 'bought';
}

function remainingOf({ limit, levels }: Settled): string | null {
  if (limit === null) return null;
  const left = subtractQuantities(limit, addQuantities(levels.used, levels.reserved));
  return compareQuantities(left, '0') < 0 ? '0' : left;
}

/** `lease_expired` is a remark of a late commit and needs no sentence. */
function isKnownReason(reason: string | null): reason is LimitReason {
  return reason !== null && reason !== 'lease_expired';
}
