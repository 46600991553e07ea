import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { type ChangeAnswer, carryOut, requireRunning, type SubscriptionRequest } from './carry-out.ts';
import { resumePaused } from './pause-subscription.ts';

/**
 * Ends a subscription now or at the end of the paid period; a paused one has no end of period to wait for and ends
 * now. Repeating it changes nothing.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE when it has ended already
 */
export async function cancelSubscription(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { at: 'now' | 'period_end'; reason?: string | undefined },
): Promise<ChangeAnswer> {
  const { organizationId, reason } = request;
  const current = await requireRunning(deps, request);
  const at = current.status === 'paused' ? 'now' : request.at;
  if (at === 'period_end' && current.isCancelAtPeriodEnd) return { subscription: current, queued: false };
  const { stripeSubscriptionId, scheduledChange } = current;
  return carryOut(deps, request.actor, {
    current,
    action: 'subscription.cancel_requested',
    details: { at, reason: reason ?? null },
    outbox: { kind: 'stripe.subscription.cancel', payload: { stripeSubscriptionId, at } },
    call: async (idempotencyKey) => {
      if (scheduledChange?.stripeScheduleId !== undefined) {
        const { stripeScheduleId } = scheduledChange;
        const release = {
          stripeScheduleId,
          stripeSubscriptionId,
          idempotencyKey: `${idempotencyKey}:release`,
        };
        await deps.gateway.releaseSchedule(release);
      }
      await deps.gateway.cancelSubscription({ stripeSubscriptionId, at, idempotencyKey });
    },
    scope: at === 'now' ? { subscriptions: true, invoices: 'all' } : { subscriptions: true },
    organizationId,
  });
}

/** Takes back a cancellation at period end, or ends a pause. Repeating it changes nothing. */
export async function resumeSubscription(
  deps: PurchaseDeps,
  request: SubscriptionRequest,
): Promise<ChangeAnswer> {
  const { organizationId } = request;
  const current = await requireRunning(deps, request);
  if (current.status === 'paused') return resumePaused(deps, request, current);
  if (!current.isCancelAtPeriodEnd) return { subscription: current, queued: false };
  const { stripeSubscriptionId } = current;
  return carryOut(deps, request.actor, {
    current,
    action: 'subscription.resume_requested',
    details: {},
    outbox: { kind: 'stripe.subscription.resume', payload: { stripeSubscriptionId } },
    call: async (idempotencyKey) => {
      await deps.gateway.resumeSubscription({ stripeSubscriptionId, idempotencyKey });
    },
    scope: { subscriptions: true },
    organizationId,
  });
}

/** Drops a change that was to take place later. Repeating it changes nothing. */
export async function undoScheduledChange(
  deps: PurchaseDeps,
  request: SubscriptionRequest,
): Promise<ChangeAnswer> {
  const { organizationId } = request;
  const current = await requireRunning(deps, request);
  const stripeScheduleId = current.scheduledChange?.stripeScheduleId;
  if (stripeScheduleId === undefined) return { subscription: current, queued: false };
  const { stripeSubscriptionId } = current;
  return carryOut(deps, request.actor, {
    current,
    action: 'subscription.scheduled_change_dropped',
    details: { plan: current.scheduledChange?.plan ?? null },
    outbox: { kind: 'stripe.schedule.release', payload: { stripeScheduleId, stripeSubscriptionId } },
    call: async (idempotencyKey) => {
      await deps.gateway.releaseSchedule({ stripeScheduleId, stripeSubscriptionId, idempotencyKey });
    },
    scope: { subscriptions: true },
    organizationId,
  });
}
