import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { type ChangeAnswer, carryOut, requireRunning, type SubscriptionRequest } from './carry-out.ts';
import { changeNotPossible, extensionInvalid } from './change.errors.ts';

const dayMs = 86_400_000;
/** A trial may be given for 90 days, and longer only by as much again. */
const daysMax = 90;

/**
 * Staff let a running trial last longer: it is charged that many days later. Why stands on the audit log.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE unless trialing, EXTENSION_INVALID
 */
export async function extendTrial(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { days: number; reason: string },
): Promise<ChangeAnswer> {
  const { organizationId, days, reason } = request;
  const current = await requireRunning(deps, request, { staff: 'billing_ops' });
  const { stripeSubscriptionId, status, trialEnd: before } = current;
  if (!Number.isInteger(days) || days < 1 || days > daysMax) throw extensionInvalid(daysMax);
  if (status !== 'trialing' || before === null) {
    throw changeNotPossible(status, 'Only a running trial can be extended.');
  }
  const trialEnd = new Date(before.getTime() + days * dayMs);
  return carryOut(deps, request.actor, {
    current,
    action: 'subscription.trial_extended',
    details: { trialEnd: trialEnd.toISOString(), before: before.toISOString() },
    reason,
    outbox: {
      kind: 'stripe.subscription.trial_end',
      payload: { stripeSubscriptionId, trialEnd: trialEnd.toISOString() },
    },
    call: async (idempotencyKey) => {
      await deps.gateway.moveTrialEnd({ stripeSubscriptionId, trialEnd, idempotencyKey });
    },
    scope: { subscriptions: true },
    organizationId,
  });
}
