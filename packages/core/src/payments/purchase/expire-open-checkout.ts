import type { OrganizationId } from '../../shared/ids.ts';
import type { CheckoutSessionRecord } from '../payments.ports.ts';
import type { PurchaseDeps } from './purchase.ports.ts';

/**
 * Closes the family's open hosted checkout, so that it can no longer be paid beside what happens now. It may have been
 * completed meanwhile: the caller reads Stripe afterwards, never before.
 */
export async function expireOpenCheckout(
  deps: PurchaseDeps,
  { organizationId, family }: { organizationId: OrganizationId; family: string },
): Promise<void> {
  const open = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.checkoutSessions.findOpen(organizationId, family),
  );
  if (open === null) return;
  const snapshot = await deps.gateway.expireCheckoutSession(open.stripeSessionId);
  const status: CheckoutSessionRecord['status'] = snapshot?.status === 'complete' ? 'complete' : 'expired';
  await deps.unitOfWork.run(organizationId, (tx) =>
    tx.checkoutSessions.save(organizationId, { ...open, status }),
  );
}
