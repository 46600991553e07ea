import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { toInvitationView, toMemberView } from '../organization-views.ts';
import type { OrganizationTx } from '../organizations.ports.ts';
import type { membersViewSchema } from '../organizations.schemas.ts';

/** Everybody in the organization; who was invited is shown to those who may invite. */
export async function readMembers(
  deps: { clock: Clock; unitOfWork: UnitOfWork<Pick<OrganizationTx, 'members' | 'invitations'>> },
  request: { actor: Extract<Actor, { kind: 'member' }>; organizationId: OrganizationId },
): Promise<z.infer<typeof membersViewSchema>> {
  const { actor, organizationId } = request;
  const now = deps.clock.now();
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const members = await tx.members.list(organizationId);
    const names = new Map(members.map((member) => [member.userId, member.name || member.email]));
    const invitations = actor.role === 'member' ? [] : await tx.invitations.list(organizationId);
    return {
      members: members.map(toMemberView),
      invitations: invitations.map((invitation) => toInvitationView(invitation, { names, now })),
    };
  });
}
