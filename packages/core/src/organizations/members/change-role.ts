import type { Actor, MemberRole } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { MemberWithPerson, OrganizationTx } from '../organizations.ports.ts';
import { requireAnotherOwner } from './last-owner.ts';

/**
 * Gives a member another role.
 * @throws LAST_OWNER when nobody else would own the organization, also when two demotions race.
 */
export async function changeRole(
  deps: { unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'members' | 'audit'>> },
  request: { actor: Actor; organizationId: OrganizationId; userId: string; role: MemberRole },
): Promise<MemberWithPerson[]> {
  const { actor, organizationId, userId, role } = request;
  authorize(actor, { members: ['owner'], staff: 'super_admin' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    // The organization row is the lock under which "is there another owner" stays true until commit.
    await tx.organizations.lock(organizationId);
    const member = await tx.members.find(organizationId, userId);
    if (member === undefined) throw notFound('member');
    if (member.role !== role) {
      if (member.role === 'owner') await requireAnotherOwner(tx, organizationId, userId);
      await tx.members.changeRole(organizationId, userId, role);
      await tx.audit.append({
        organizationId,
        actor,
        action: 'member.role_changed',
        target: { kind: 'member', id: userId },
        before: { role: member.role },
        after: { role },
      });
    }
    return tx.members.list(organizationId);
  });
}
