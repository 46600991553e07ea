import type { Actor } from '../../shared/actor.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { CheckoutSessionSnapshot } from '../../subscriptions/subscription-gateway.ports.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { CheckoutSessionRecord } from '../payments.ports.ts';
import { syncFromStripe } from '../sync-organization.ts';
import type { PurchaseDeps } from './purchase.ports.ts';

export interface CheckoutReturn {
  state: 'confirming' | 'done' | 'needs_action' | 'not_paid' | 'expired';
  session: CheckoutSessionRecord;
  subscription: SubscriptionRecord | null;
}

/**
 * What the page after a hosted checkout shows. The server asks Stripe itself, so the answer is right before, after
 * and without the webhook; asking twice is harmless.
 * @throws NOT_FOUND for a session of somebody else
 */
export async function resolveCheckoutReturn(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; stripeSessionId: string },
): Promise<CheckoutReturn> {
  const { actor, organizationId, stripeSessionId } = request;
  const session = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.checkoutSessions.findByStripeId(organizationId, stripeSessionId),
  );
  if (session === null) throw notFound('checkout session');
  const snapshot = await deps.gateway.retrieveCheckoutSession(stripeSessionId);
  if (snapshot === null) throw notFound('checkout session');
  if (snapshot.status !== 'complete') {
    return { state: snapshot.status === 'expired' ? 'expired' : 'not_paid', session, subscription: null };
  }
  const scope = { subscriptions: true, paymentMethods: true, checkoutSessions: [stripeSessionId] };
  await syncFromStripe(deps, { organizationId, actor, scope: { ...scope, invoices: 'all' } });
  const subscription = await findBought(deps, organizationId, snapshot);
  return { state: stateOf(snapshot, subscription), session, subscription };
}

async function findBought(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  { stripeSubscriptionId }: CheckoutSessionSnapshot,
): Promise<SubscriptionRecord | null> {
  if (stripeSubscriptionId === null) return null;
  return deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findByStripeId(organizationId, stripeSubscriptionId),
  );
}

function stateOf(
  { paymentStatus }: CheckoutSessionSnapshot,
  subscription: SubscriptionRecord | null,
): CheckoutReturn['state'] {
  if (subscription === null) return 'confirming';
  if (subscription.status === 'active' || subscription.status === 'trialing') return 'done';
  if (subscription.actionUrl !== null) return 'needs_action';
  return paymentStatus === 'unpaid' ? 'confirming' : 'not_paid';
}
