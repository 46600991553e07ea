import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { Organization } from './organization.ts';
import { nameNotConfirmed, organizationClosed, organizationHasObligations } from './organizations.errors.ts';
import type { OrganizationTx } from './organizations.ports.ts';

/**
 * Closes an organization: nothing is deleted, ids are never used again, reading and export go on.
 * @throws ORGANIZATION_HAS_OBLIGATIONS while a subscription lives or an invoice is open.
 */
export async function closeOrganization(
  deps: {
    clock: Clock;
    unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'obligations' | 'audit'>>;
  },
  request: { actor: Actor; organizationId: OrganizationId; confirmName: string },
): Promise<Organization> {
  const { actor, organizationId, confirmName } = request;
  authorize(actor, { members: ['owner'], staff: 'super_admin' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.lock(organizationId);
    if (organization === undefined) throw notFound('organization');
    if (organization.status === 'closed') throw organizationClosed();
    if (organization.name !== confirmName) throw nameNotConfirmed();
    if ((await tx.obligations.liveSubscriptionCount(organizationId)) > 0) {
      throw organizationHasObligations('a running subscription');
    }
    if ((await tx.obligations.openInvoiceCount(organizationId)) > 0) {
      throw organizationHasObligations('an open invoice');
    }
    const closed = await tx.organizations.update(organizationId, {
      status: 'closed',
      closedAt: deps.clock.now(),
    });
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.closed',
      target: { kind: 'organization', id: organizationId },
      before: { status: 'active' },
      after: { status: 'closed' },
    });
    return closed;
  });
}
