import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { ensureCustomer } from './ensure-customer.ts';
import type { PurchaseDeps } from './purchase.ports.ts';
import { returnAddress } from './return-address.ts';

/** A short-lived address of Stripe's portal for this organization's own customer. @throws RETURN_PATH_INVALID */
export async function openPortal(
  deps: PurchaseDeps,
  request: {
    actor: Actor;
    organizationId: OrganizationId;
    organizationSlug: string;
    returnPath?: string | undefined;
  },
): Promise<{ url: string }> {
  const { actor, organizationId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write' });
  const returnUrl = returnAddress(
    deps.publicUrl,
    request.returnPath ?? `/${request.organizationSlug}/billing/payment`,
  );
  const { stripeCustomerId } = await ensureCustomer(deps, { organizationId, actor });
  return deps.gateway.createPortalSession({ stripeCustomerId, returnUrl });
}
