import { authorize } from '../../shared/authorize.ts';
import { billingPeriod, billingPeriodAt } from '../../shared/time/billing-period.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import {
  type ChangeAnswer,
  carryOut,
  requireRunning,
  type SubscriptionRequest,
} from '../change/carry-out.ts';
import { changeNotPossible, extensionInvalid } from '../change/change.errors.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';

const periodsMax = 60;

/**
 * Agrees when a subscription ends: after that many billing periods counted with the running one, or never (null).
 * The end lies on a renewal day, so no period is paid in part. Why stands on the audit log.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE, EXTENSION_INVALID
 */
export async function endAfterPeriods(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { periods: number | null; reason: string },
): Promise<ChangeAnswer> {
  const { actor, organizationId, periods, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  if (periods !== null && (!Number.isInteger(periods) || periods < 1 || periods > periodsMax)) {
    throw extensionInvalid(periodsMax);
  }
  const current = await requireRunning(deps, request);
  requireUnscheduled(current);
  const endsAt = periods === null ? null : endOf(current, periods);
  if (endsAt?.getTime() === current.cancelAt?.getTime()) return { subscription: current, queued: false };
  const { stripeSubscriptionId } = current;
  return carryOut(deps, actor, {
    current,
    action: 'subscription.end_agreed',
    details: { endsAt: endsAt?.toISOString() ?? null, before: current.cancelAt?.toISOString() ?? null },
    reason,
    outbox: {
      kind: 'stripe.subscription.end_at',
      payload: { stripeSubscriptionId, endsAt: endsAt?.toISOString() ?? null },
    },
    call: async (idempotencyKey) => {
      await deps.gateway.endSubscriptionAt({ stripeSubscriptionId, endsAt, idempotencyKey });
    },
    scope: { subscriptions: true },
    organizationId,
  });
}

function endOf({ billingAnchor, interval, currentPeriodStart }: SubscriptionRecord, periods: number): Date {
  const length = { unit: interval, count: 1 } as const;
  const { index } = billingPeriodAt(billingAnchor, length, currentPeriodStart);
  return billingPeriod(billingAnchor, length, index + periods - 1).end;
}

function requireUnscheduled({ status, scheduledChange }: SubscriptionRecord): void {
  if (scheduledChange === null) return;
  throw changeNotPossible(status, 'A change is scheduled. Undo it first.');
}
