import type { Actor } from '../shared/actor.ts';
import { differences } from '../shared/compared-field.ts';
import type { OrganizationId } from '../shared/ids.ts';
import { type SyncDeps, syncFromStripe } from './sync-organization.ts';

/** Invoices in these statuses can still change at Stripe. */
const openStatuses: ReadonlySet<string> = new Set(['draft', 'open', 'uncollectible']);
const invoicesLookedAt = 100;

/**
 * The regular comparison of one organization: everything that can still change. Finished invoices are left out, they
 * never change; new ones come with their events. Answers how many fields were repaired.
 */
export async function sweepOrganization(
  deps: SyncDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<number> {
  const known = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.invoices.listAll(organizationId, invoicesLookedAt),
  );
  const invoices = known
    .filter(({ status }) => openStatuses.has(status))
    .map((invoice) => invoice.stripeInvoiceId);
  const scope = { subscriptions: true, paymentMethods: true, invoices };
  const { compared } = await syncFromStripe(deps, { actor, organizationId, scope });
  return differences(compared).length;
}
