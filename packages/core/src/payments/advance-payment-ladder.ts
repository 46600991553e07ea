import type { Actor } from '../shared/actor.ts';
import type { OrganizationId } from '../shared/ids.ts';
import { overdueSince, paymentStanding } from '../subscriptions/payment-ladder.ts';
import type { SubscriptionRecord } from '../subscriptions/subscriptions.ports.ts';
import { subscriptionMessages } from './messages/subscription-messages.ts';
import type { MirrorTx } from './mirror.ports.ts';
import type { SyncDeps } from './sync-organization.ts';

type LadderDeps = Pick<SyncDeps, 'unitOfWork' | 'clock' | 'families'>;

/**
 * Moves overdue subscriptions of one organization down the steps of R13 (payment failure) as time passes, without
 * asking Stripe. At the last step the cancellation is left in the outbox, once. Answers how many rows changed.
 */
export async function advancePaymentLadder(
  deps: LadderDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<number> {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    let changed = 0;
    for (const subscription of await tx.subscriptions.list(organizationId)) {
      if (await advanceOne(deps, { tx, actor, organizationId, subscription })) changed += 1;
    }
    return changed;
  });
}

async function advanceOne(
  deps: LadderDeps,
  input: { tx: MirrorTx; actor: Actor; organizationId: OrganizationId; subscription: SubscriptionRecord },
): Promise<boolean> {
  const { tx, actor, organizationId, subscription } = input;
  const { pastDueSince, family } = subscription;
  const policy = deps.families.find(({ key }) => key === family)?.paymentFailure;
  if (pastDueSince === null || policy === undefined) return false;
  const { stage, access } = paymentStanding(
    policy,
    overdueSince(subscription) ?? pastDueSince,
    deps.clock.now(),
  );
  if (stage === 'canceled') await requestCancellation(tx, organizationId, subscription);
  if (access === subscription.access) return false;
  const after = { ...subscription, access };
  await tx.subscriptions.save(organizationId, after);
  const told = { organizationId, mark: `${access}:${pastDueSince.getTime()}`, at: deps.clock.now() };
  for (const message of subscriptionMessages({ before: subscription, after }, told)) {
    await tx.messages.add(message);
  }
  await tx.audit.append({
    organizationId,
    actor,
    action: 'subscription.access_changed',
    target: { kind: 'subscription', id: subscription.id },
    reason: `payment overdue since ${pastDueSince.toISOString()}`,
    before: { access: subscription.access },
    after: { access },
  });
  return true;
}

/** The key names the debt, so that asking again every hour is still one message. */
async function requestCancellation(
  tx: MirrorTx,
  organizationId: OrganizationId,
  { id, stripeSubscriptionId, pastDueSince }: SubscriptionRecord,
): Promise<void> {
  await tx.outbox.add({
    organizationId,
    kind: 'stripe.subscription.cancel',
    payload: { stripeSubscriptionId, at: 'now' },
    idempotencyKey: `subscription:${id}:overdue:${pastDueSince?.getTime() ?? 0}`,
  });
}
