import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { OrganizationTx } from '../organizations.ports.ts';

/** Makes another member owner and the acting owner an admin, in one step. */
export async function transferOwnership(
  deps: { unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'members' | 'audit'>> },
  request: { actor: Extract<Actor, { kind: 'member' }>; organizationId: OrganizationId; userId: string },
): Promise<void> {
  const { actor, organizationId, userId } = request;
  authorize(actor, { members: ['owner'] });
  await deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.organizations.lock(organizationId);
    const heir = await tx.members.find(organizationId, userId);
    if (heir === undefined) throw notFound('member');
    if (heir.userId === actor.userId) return;
    await tx.members.changeRole(organizationId, userId, 'owner');
    await tx.members.changeRole(organizationId, actor.userId, 'admin');
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.transferred',
      target: { kind: 'organization', id: organizationId },
      before: { owner: actor.userId },
      after: { owner: userId },
    });
  });
}
