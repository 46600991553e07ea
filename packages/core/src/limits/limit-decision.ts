import type { EffectiveEntitlement } from '../catalog/effective-entitlements.ts';
import type { OnUnavailable } from '../catalog/entitlement.ts';
import type { Quantity } from '../shared/money/quantity.ts';
import type { Access } from '../subscriptions/subscription-snapshot.ts';

export type LimitDecisionKind = 'allowed' | 'warned' | 'blocked';

/** Why it was not simply allowed. Public: clients branch on these codes. */
export type LimitReason =
  | 'payment_required'
  | 'payment_past_due'
  | 'organization_suspended'
  | 'subscription_paused'
  | 'no_subscription'
  | 'not_in_plan'
  | 'entitlement_missing'
  | 'limit_reached'
  | 'limit_exceeded'
  | 'overage'
  | 'client_archived'
  | 'client_limit_reached'
  | 'budget_reached'
  | 'unavailable';

/** Access of the organization in the feature's family, with the reason where there is none. */
export type LimitAccess = Access | 'paused' | 'suspended_by_staff' | 'no_subscription';

/** The family knows the feature, the plan does not mention it. */
export interface MissingEntitlement {
  kind: 'missing';
  feature: string;
  onUnavailable: OnUnavailable;
}

export interface UsageLevel {
  used: Quantity;
  reserved: Quantity;
}

export interface LimitQuestion extends UsageLevel {
  entitlement: EffectiveEntitlement | MissingEntitlement;
  /** How much more is asked for; not negative. Zero asks whether the feature may be used at all. */
  requested: Quantity;
  access: LimitAccess;
  /** The client it works for is archived: neither counted nor paid for. */
  isClientArchived?: boolean;
  /** A ceiling the organization has set for the client it works for. */
  clientCap?: UsageLevel & { limit: Quantity };
  /** A budget in money that blocks has been used up. */
  isBudgetReached?: boolean;
  /** The plan that would lift the limit, if any; answered only where an upgrade helps. */
  upgradeTo?: string | null;
}

export interface LimitDecision {
  decision: LimitDecisionKind;
  /** null = simply allowed. */
  reason: LimitReason | null;
  /** null = unlimited, or a feature without a quantity. */
  limit: Quantity | null;
  /** limit − used − reserved at the moment of the question, not below zero; null = unlimited. */
  remaining: Quantity | null;
  /** The same once the request has been carried out; equal to `remaining` after a refusal. */
  remainingAfter: Quantity | null;
  /** The part of the request beyond the limit; "0" unless it was granted beyond it. */
  beyondLimit: Quantity;
  /** Thresholds (percent) that this request reaches for the first time; alerts fire once per window. */
  thresholdsCrossed: number[];
  upgradeTo: string | null;
}
