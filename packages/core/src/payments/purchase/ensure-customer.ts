import { organizationClosed } from '../../organizations/organizations.errors.ts';
import type { Actor } from '../../shared/actor.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import { tellStripe } from '../details/change-details.ts';
import type { BillingAccount } from '../payments.ports.ts';
import type { PurchaseDeps } from './purchase.ports.ts';

/**
 * The organization's one customer at Stripe, made when it is first needed. Two at once make one: the gateway finds by
 * our metadata and the column takes the first.
 */
export async function ensureCustomer(
  deps: Pick<PurchaseDeps, 'unitOfWork' | 'gateway'>,
  { organizationId, actor }: { organizationId: OrganizationId; actor: Actor },
): Promise<BillingAccount & { stripeCustomerId: string }> {
  const account = await deps.unitOfWork.run(organizationId, (tx) => tx.billingAccounts.find(organizationId));
  if (account === null) throw notFound('organization');
  if (account.status === 'closed') throw organizationClosed();
  if (account.stripeCustomerId !== null) return { ...account, stripeCustomerId: account.stripeCustomerId };

  const { name, email } = account;
  const { stripeCustomerId } = await deps.gateway.ensureCustomer({ organizationId, name, email });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const locked = await tx.billingAccounts.lock(organizationId);
    if (locked.stripeCustomerId !== null) return { ...locked, stripeCustomerId: locked.stripeCustomerId };
    await tx.billingAccounts.attachCustomer(organizationId, stripeCustomerId);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'billing.customer_created',
      target: { kind: 'stripe_customer', id: stripeCustomerId },
      after: { stripeCustomerId },
    });
    const details = await tx.billingDetails.find(organizationId);
    if (details !== null) await tellStripe(tx, { organizationId, stripeCustomerId, details });
    return { ...locked, stripeCustomerId };
  });
}
