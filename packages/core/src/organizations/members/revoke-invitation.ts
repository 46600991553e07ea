import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Id, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { invitationInvalid } from '../organizations.errors.ts';
import type { OrganizationTx } from '../organizations.ports.ts';

/** Takes an open invitation back; repeating it changes nothing. @throws INVITATION_INVALID when it was accepted. */
export async function revokeInvitation(
  deps: { clock: Clock; unitOfWork: UnitOfWork<Pick<OrganizationTx, 'invitations' | 'audit'>> },
  request: { actor: Actor; organizationId: OrganizationId; invitationId: Id<'invitation'> },
): Promise<void> {
  const { actor, organizationId, invitationId } = request;
  authorize(actor, { members: ['owner', 'admin'] });
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const invitation = await tx.invitations.find(organizationId, invitationId);
    if (invitation === undefined) throw notFound('invitation');
    if (invitation.acceptedAt !== null) throw invitationInvalid();
    if (invitation.revokedAt !== null) return;
    await tx.invitations.markRevoked(organizationId, invitationId, deps.clock.now());
    await tx.audit.append({
      organizationId,
      actor,
      action: 'invitation.revoked',
      target: { kind: 'invitation', id: invitationId },
      before: { email: invitation.email, role: invitation.role },
    });
  });
}
