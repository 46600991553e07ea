import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { type AccessPolicy, authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId, type SubscriptionId } from '../../shared/ids.ts';
import { isLive } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { changeNotPossible } from './change.errors.ts';

export interface SubscriptionRequest {
  actor: Actor;
  organizationId: OrganizationId;
  subscriptionId: SubscriptionId;
}

/** A change of one subscription; `queued` = Stripe is away, the wish is stored and will be carried out. */
export interface ChangeAnswer {
  subscription: SubscriptionRecord;
  queued: boolean;
}

export interface Step {
  current: SubscriptionRecord;
  action: string;
  details: Readonly<Record<string, unknown>>;
  /** Why staff did it. */
  reason?: string;
  outbox: { kind: string; payload: Readonly<Record<string, unknown>> };
  call: (idempotencyKey: string) => Promise<void>;
  scope: { subscriptions: true; invoices?: 'all' };
  organizationId: OrganizationId;
}

/** Wish and audit row commit first; then Stripe is asked, or the outbox is when Stripe is away. */
export async function carryOut(deps: PurchaseDeps, actor: Actor, step: Step): Promise<ChangeAnswer> {
  const { current, organizationId, action, details, outbox, scope } = step;
  return withPurchaseClaim(deps, { organizationId, family: current.family }, async (attempt) => {
    const idempotencyKey = `${outbox.kind}:${current.stripeSubscriptionId}:${attempt}`;
    const record = (extra: (tx: PurchaseTx) => Promise<void>) =>
      deps.unitOfWork.run(organizationId, async (tx) => {
        const target = { kind: 'subscription', id: current.id };
        await tx.audit.append({
          organizationId,
          actor,
          action,
          target,
          after: details,
          ...(step.reason === undefined ? {} : { reason: step.reason }),
        });
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

/** @throws NOT_FOUND, CHANGE_NOT_POSSIBLE when it has ended */
export async function requireRunning(
  deps: PurchaseDeps,
  request: SubscriptionRequest,
  access: AccessPolicy = { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops' },
): Promise<SubscriptionRecord> {
  const { actor, organizationId, subscriptionId } = request;
  authorize(actor, access);
  const current = await reload(deps, organizationId, subscriptionId);
  if (!isLive(current.status))
    throw changeNotPossible(current.status, 'This subscription has ended already.');
  return current;
}

export async function reload(
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
