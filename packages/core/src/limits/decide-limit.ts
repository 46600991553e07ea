import type { EffectiveQuantityEntitlement } from '../catalog/effective-entitlements.ts';
import type { OnUnavailable } from '../catalog/entitlement.ts';
import { assert } from '../shared/assert.ts';
import {
  addQuantities,
  compareQuantities,
  type Quantity,
  quantityToScaled,
  subtractQuantities,
} from '../shared/money/quantity.ts';
import type { LimitAccess, LimitDecision, LimitQuestion, LimitReason, UsageLevel } from './limit-decision.ts';

export type * from './limit-decision.ts';

/**
 * The one decision about a limit: pure, so a check, a consume, a reservation and a replayed receipt agree. All or
 * nothing: a refusal changes nothing. Reads used + reserved. Being correct under concurrency is the caller's part:
 * it asks inside the transaction that holds the counter.
 */
export function decideLimit(question: LimitQuestion): LimitDecision {
  assert(compareQuantities(question.requested, '0') >= 0, 'a request is not negative');
  const { entitlement } = question;
  const quantities = 'limit' in entitlement ? measure(question, entitlement) : withoutQuantity;
  const refusal = refusalOf(question, quantities);
  if (refusal !== null) {
    return {
      ...answerOf(quantities),
      decision: 'blocked',
      reason: refusal,
      upgradeTo: upgradeHelps.has(refusal) ? (question.upgradeTo ?? null) : null,
    };
  }
  const reason = 'limit' in entitlement ? noteOf(entitlement, quantities) : missingNote(entitlement);
  return {
    ...answerOf(quantities),
    decision: reason === null || entitlement.kind === 'missing' ? 'allowed' : 'warned',
    reason,
    remainingAfter: quantities.remainingAfter,
    beyondLimit: quantities.beyond,
    thresholdsCrossed: 'limit' in entitlement ? thresholdsCrossed(question, entitlement) : [],
  };
}

/** What is answered while the counters cannot be read; the caller journals an `allowed` and reconciles it later. */
export function decideUnavailable(onUnavailable: OnUnavailable): LimitDecision {
  return {
    ...answerOf(withoutQuantity),
    decision: onUnavailable === 'open' ? 'allowed' : 'blocked',
    reason: 'unavailable',
  };
}

interface Measured {
  limit: Quantity | null;
  remaining: Quantity | null;
  remainingAfter: Quantity | null;
  /** Part of the request that does not fit. */
  beyond: Quantity;
  isBeyond: boolean;
}

const withoutQuantity: Measured = {
  limit: null,
  remaining: null,
  remainingAfter: null,
  beyond: '0',
  isBeyond: false,
};
const upgradeHelps: ReadonlySet<LimitReason> = new Set([
  'limit_reached',
  'not_in_plan',
  'no_subscription',
  'entitlement_missing',
]);

/** First reason that forbids it; organization before plan before numbers, so the answer names the real obstacle. */
function refusalOf(question: LimitQuestion, quantities: Measured): LimitReason | null {
  return (
    refusedByAccess[question.access] ??
    (question.isClientArchived === true ? 'client_archived' : null) ??
    refusalOfPlan(question.entitlement, quantities) ??
    refusalOfQuantity(question, quantities)
  );
}

const refusedByAccess: Readonly<Record<LimitAccess, LimitReason | null>> = {
  full: null,
  restricted: null,
  suspended: 'payment_required',
  paused: 'subscription_paused',
  suspended_by_staff: 'organization_suspended',
  no_subscription: 'no_subscription',
};

function refusalOfPlan(entitlement: LimitQuestion['entitlement'], quantities: Measured): LimitReason | null {
  if (entitlement.kind === 'missing') {
    return entitlement.onUnavailable === 'closed' ? 'entitlement_missing' : null;
  }
  if (entitlement.kind === 'boolean' && !entitlement.isEnabled) return 'not_in_plan';
  if (quantities.limit !== '0') return null;
  return 'limit' in entitlement && entitlement.isPerUnit ? 'limit_reached' : 'not_in_plan';
}

function refusalOfQuantity(question: LimitQuestion, quantities: Measured): LimitReason | null {
  const { entitlement, requested, clientCap } = question;
  if (question.access === 'restricted' && isWithheld(question, quantities)) return 'payment_past_due';
  if ('limit' in entitlement && entitlement.onLimit === 'block' && quantities.isBeyond)
    return 'limit_reached';
  if (clientCap !== undefined && exceedsCap(requested, clientCap)) return 'client_limit_reached';
  return question.isBudgetReached === true && requested !== '0' ? 'budget_reached' : null;
}

/** While access is restricted: no overage, and nothing new of the features the family names. */
function isWithheld({ entitlement, requested }: LimitQuestion, quantities: Measured): boolean {
  if (entitlement.kind === 'missing') return false;
  if (entitlement.isRestrictedWhenPastDue && (requested !== '0' || !('limit' in entitlement))) return true;
  return 'limit' in entitlement && entitlement.onLimit === 'overage' && quantities.isBeyond;
}

/** Nothing more is asked of a cap that was set below what is used, like of a limit that was lowered. */
function exceedsCap(requested: Quantity, cap: UsageLevel & { limit: Quantity }): boolean {
  if (requested === '0') return false;
  return compareQuantities(addQuantities(cap.used, cap.reserved, requested), cap.limit) > 0;
}

function noteOf(entitlement: EffectiveQuantityEntitlement, quantities: Measured): LimitReason | null {
  if (!quantities.isBeyond) return null;
  return entitlement.onLimit === 'overage' ? 'overage' : 'limit_exceeded';
}

function missingNote(entitlement: LimitQuestion['entitlement']): LimitReason | null {
  return entitlement.kind === 'missing' ? 'entitlement_missing' : null;
}

function measure(question: LimitQuestion, { limit }: EffectiveQuantityEntitlement): Measured {
  if (limit.kind === 'unlimited') return withoutQuantity;
  const taken = addQuantities(question.used, question.reserved);
  const remaining = notBelowZero(subtractQuantities(limit.quantity, taken));
  const left = subtractQuantities(remaining, question.requested);
  const isBeyond = compareQuantities(left, '0') < 0;
  return {
    limit: limit.quantity,
    remaining,
    remainingAfter: notBelowZero(left),
    beyond: isBeyond ? subtractQuantities('0', left) : '0',
    isBeyond,
  };
}

function thresholdsCrossed(question: LimitQuestion, entitlement: EffectiveQuantityEntitlement): number[] {
  if (entitlement.limit.kind === 'unlimited') return [];
  const limit = quantityToScaled(entitlement.limit.quantity);
  const before = quantityToScaled(addQuantities(question.used, question.reserved)) * 100n;
  const after = before + quantityToScaled(question.requested) * 100n;
  return entitlement.thresholds.filter((percent) => {
    const mark = limit * BigInt(percent);
    return before < mark && mark <= after;
  });
}

function answerOf({ limit, remaining }: Measured): Omit<LimitDecision, 'decision' | 'reason'> {
  return {
    limit,
    remaining,
    remainingAfter: remaining,
    beyondLimit: '0',
    thresholdsCrossed: [],
    upgradeTo: null,
  };
}

function notBelowZero(quantity: Quantity): Quantity {
  return compareQuantities(quantity, '0') < 0 ? '0' : quantity;
}
