import { canSubscription, subscriptionFactsOf } from '../../subscriptions/subscription-lifecycle.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { type ChangeAnswer, carryOut, requireRunning, type SubscriptionRequest } from './carry-out.ts';
import { changeNotPossible } from './change.errors.ts';

/**
 * Stops the service and its renewals until it is resumed: checks are refused, the running period stays paid and is
 * not refunded (as when canceling), and what was used until then is billed with its period. Repeating it changes
 * nothing.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE unless active, not ending and without a scheduled change
 */
export async function pauseSubscription(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { reason?: string | undefined },
): Promise<ChangeAnswer> {
  const { organizationId, reason } = request;
  const current = await requireRunning(deps, request);
  if (current.status === 'paused') return { subscription: current, queued: false };
  requirePausable(current);
  const { stripeSubscriptionId } = current;
  return carryOut(deps, request.actor, {
    current,
    action: 'subscription.pause_requested',
    details: { reason: reason ?? null },
    outbox: { kind: 'stripe.subscription.pause', payload: { stripeSubscriptionId } },
    call: async (idempotencyKey) => {
      await deps.gateway.pauseSubscription({ stripeSubscriptionId, idempotencyKey });
    },
    scope: { subscriptions: true, invoices: 'all' },
    organizationId,
  });
}

/**
 * The service goes on and the renewal dates stay: within the paid period for nothing, later for the time that is left
 * until the next renewal, charged at once. A card that refuses it is a failed payment like any other (R13).
 */
export function resumePaused(
  deps: PurchaseDeps,
  { actor, organizationId }: SubscriptionRequest,
  current: SubscriptionRecord,
): Promise<ChangeAnswer> {
  const { stripeSubscriptionId } = current;
  return carryOut(deps, actor, {
    current,
    action: 'subscription.unpause_requested',
    details: { pausedAt: current.pausedAt },
    outbox: { kind: 'stripe.subscription.unpause', payload: { stripeSubscriptionId } },
    call: async (idempotencyKey) => {
      await deps.gateway.unpauseSubscription({ stripeSubscriptionId, idempotencyKey });
    },
    scope: { subscriptions: true, invoices: 'all' },
    organizationId,
  });
}

function requirePausable(subscription: SubscriptionRecord): void {
  const { allowed, reason } = canSubscription(subscriptionFactsOf(subscription), 'pause');
  if (!allowed)
    throw changeNotPossible(subscription.status, reason ?? 'This subscription cannot be paused now.');
}
