import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { roleAboveOwn } from '../organizations.errors.ts';
import type { MemberWithPerson, OrganizationTx } from '../organizations.ports.ts';
import { requireAnotherOwner } from './last-owner.ts';

/**
 * Removes a member, or lets one leave. Admins remove members and admins, owners everybody but the last owner.
 * Effective on the removed person's next request, because membership is read on every request; the API keys that
 * person made end with the membership.
 */
export async function removeMember(
  deps: {
    clock: Clock;
    unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'members' | 'apiKeys' | 'audit'>>;
  },
  request: { actor: Actor; organizationId: OrganizationId; userId: string },
): Promise<MemberWithPerson[]> {
  const { actor, organizationId, userId } = request;
  const leaves = actor.kind === 'member' && actor.userId === userId;
  authorize(actor, {
    members: leaves ? ['owner', 'admin', 'member'] : ['owner', 'admin'],
    staff: 'super_admin',
  });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.organizations.lock(organizationId);
    const member = await tx.members.find(organizationId, userId);
    if (member === undefined) throw notFound('member');
    if (member.role === 'owner') {
      if (actor.kind === 'member' && actor.role !== 'owner') throw roleAboveOwn();
      await requireAnotherOwner(tx, organizationId, userId);
    }
    await tx.members.remove(organizationId, userId);
    const revokedKeys = await tx.apiKeys.revokeMadeBy(organizationId, userId, deps.clock.now());
    await tx.audit.append({
      organizationId,
      actor,
      action: leaves ? 'member.left' : 'member.removed',
      target: { kind: 'member', id: userId },
      before: { role: member.role },
      after: { revokedKeys },
    });
    return tx.members.list(organizationId);
  });
}
