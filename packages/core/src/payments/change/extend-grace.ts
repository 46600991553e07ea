import type { ProductFamily } from '../../catalog/product-family.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { notFound, type OrganizationId, type SubscriptionId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { overdueSince, paymentStanding } from '../../subscriptions/payment-ladder.ts';
import { canSubscription, subscriptionFactsOf } from '../../subscriptions/subscription-lifecycle.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { requireFamily } from '../purchase/offer.ts';
import type { PurchaseTx } from '../purchase/purchase.ports.ts';
import { changeNotPossible, extensionInvalid } from './change.errors.ts';

const daysMax = 60;

/**
 * Staff give an overdue subscription more time: every step of R13 (payment failure) comes that many days later, and
 * access that had narrowed for want of them widens at once. It ends with the payment.
 * @throws NOT_FOUND, CHANGE_NOT_POSSIBLE unless a payment is overdue, EXTENSION_INVALID
 */
export async function extendGrace(
  deps: { unitOfWork: UnitOfWork<PurchaseTx>; clock: Clock; families: readonly ProductFamily[] },
  request: {
    actor: Actor;
    organizationId: OrganizationId;
    subscriptionId: SubscriptionId;
    days: number;
    reason: string;
  },
): Promise<SubscriptionRecord> {
  const { actor, organizationId, subscriptionId, days, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  if (!Number.isInteger(days) || days < 1 || days > daysMax) throw extensionInvalid(daysMax);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const before = await tx.subscriptions.findById(organizationId, subscriptionId);
    if (before === null) throw notFound('subscription');
    requireOverdue(before);
    const graceDays = before.graceDays + days;
    if (graceDays > daysMax) throw extensionInvalid(daysMax - before.graceDays);
    const policy = requireFamily(deps.families, before.family).paymentFailure;
    const now = deps.clock.now();
    const since = overdueSince({ ...before, graceDays }) ?? now;
    const after = { ...before, graceDays, access: paymentStanding(policy, since, now).access };
    await tx.subscriptions.save(organizationId, after);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'subscription.grace_extended',
      target: { kind: 'subscription', id: subscriptionId },
      reason,
      before: { graceDays: before.graceDays, access: before.access },
      after: { graceDays, access: after.access },
    });
    return after;
  });
}

function requireOverdue(subscription: SubscriptionRecord): void {
  const facts = subscriptionFactsOf(subscription);
  if (canSubscription(facts, 'extend_grace').allowed && subscription.pastDueSince !== null) return;
  throw changeNotPossible(subscription.status, 'No payment is overdue.');
}
