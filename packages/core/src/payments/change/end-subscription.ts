import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId, type SubscriptionId } from '../../shared/ids.ts';
import { isLive } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { changeNotPossible } from './change.errors.ts';

interface SubscriptionRequest {
  actor: Actor;
  organizationId: OrganizationId;
  subscriptionId: SubscriptionId;
}

/** A change of one subscription; `queued` = Stripe is away, the wish is stored and will be carried out. */
export interface ChangeAnswer {
  subscription: SubscriptionRecord;
  queued: boolean;
}

/**
 * Ends a subscription now or at the end of the paid period. Repeating it changes nothing.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE when it has ended already
 */
export async function cancelSubscription(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { at: 'now' | 'period_end'; reason?: string | undefined },
): Promise<ChangeAnswer> {
  const { organizationId, at, reason } = request;
  const current = await requireRunning(deps, request);
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

/** Takes back a cancellation at period end. Repeating it changes nothing. */
export async function resumeSubscription(
  deps: PurchaseDeps,
  request: SubscriptionRequest,
): Promise<ChangeAnswer> {
  const { organizationId } = request;
  const current = await requireRunning(deps, request);
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

interface Step {
  current: SubscriptionRecord;
  action: string;
  details: Readonly<Record<string, unknown>>;
  outbox: { kind: string; payload: Readonly<Record<string, unknown>> };
  call: (idempotencyKey: string) => Promise<void>;
  scope: { subscriptions: true; invoices?: 'all' };
  organizationId: OrganizationId;
}

/** Wish and audit row commit first; then Stripe is asked, or the outbox is when Stripe is away. */
async function carryOut(deps: PurchaseDeps, actor: Actor, step: Step): Promise<ChangeAnswer> {
  const { current, organizationId, action, details, outbox, scope } = step;
  return withPurchaseClaim(deps, { organizationId, family: current.family }, async (attempt) => {
    const idempotencyKey = `${outbox.kind}:${current.stripeSubscriptionId}:${attempt}`;
    const record = (extra: (tx: PurchaseTx) => Promise<void>) =>
      deps.unitOfWork.run(organizationId, async (tx) => {
        const target = { kind: 'subscription', id: current.id };
        await tx.audit.append({ organizationId, actor, action, target, after: details });
        await extra(tx);
      });
    try {
      await step.call(idempotencyKey);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'STRIPE_UNAVAILABLE') throw error;
      await record((tx) => tx.outbox.add({ organizationId, ...outbox, idempotencyKey }));
      return { subscription: current, queued: true };
    }
    await record(() => Promise.resolve());
    await syncFromStripe(deps, { organizationId, actor, scope });
    return { subscription: await reload(deps, organizationId, current.id), queued: false };
  });
}

async function requireRunning(deps: PurchaseDeps, request: SubscriptionRequest): Promise<SubscriptionRecord> {
  const { actor, organizationId, subscriptionId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops' });
  const current = await reload(deps, organizationId, subscriptionId);
  if (!isLive(current.status))
    throw changeNotPossible(current.status, 'This subscription has ended already.');
  return current;
}

async function reload(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  subscriptionId: SubscriptionId,
): Promise<SubscriptionRecord> {
  const found = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findById(organizationId, subscriptionId),
  );
  if (found === null) throw notFound('subscription');
  return found;
}
