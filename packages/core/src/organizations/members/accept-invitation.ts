import type { MemberRole } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { fromPublicId, type OrganizationId } from '../../shared/ids.ts';
import type { SecretSource } from '../../shared/secret-source.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { alreadyMember, invitationForSomebodyElse, invitationInvalid } from '../organizations.errors.ts';
import type { Invitation, OrganizationTx } from '../organizations.ports.ts';
import { normalizeEmail } from './normalize-email.ts';

/**
 * Turns an invitation into a membership. However many acceptances run at once, one membership comes of it.
 * The role is the stored one, never one from the link.
 * @throws INVITATION_INVALID, INVITATION_OTHER_EMAIL, MEMBER_EXISTS
 */
export async function acceptInvitation(
  deps: {
    clock: Clock;
    secrets: SecretSource;
    unitOfWork: UnitOfWork<Pick<OrganizationTx, 'members' | 'invitations' | 'audit'>>;
  },
  request: { person: { userId: string; email: string }; token: string },
): Promise<{ organizationId: OrganizationId; role: MemberRole }> {
  const { organizationId, secret } = splitToken(request.token);
  const now = deps.clock.now();
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const invitation = await tx.invitations.lockByTokenHash(organizationId, deps.secrets.hash(secret));
    if (invitation === undefined || !isOpen(invitation, now)) throw invitationInvalid();
    if (normalizeEmail(request.person.email) !== invitation.email) throw invitationForSomebodyElse();
    const existing = await tx.members.find(organizationId, request.person.userId);
    if (existing !== undefined) throw alreadyMember();
    const { role } = invitation;
    await tx.members.insert({ organizationId, userId: request.person.userId, role, joinedAt: now });
    await tx.invitations.markAccepted(organizationId, invitation.id, now);
    await tx.audit.append({
      organizationId,
      actor: { kind: 'member', ...request.person, organizationId, role },
      action: 'invitation.accepted',
      target: { kind: 'invitation', id: invitation.id },
      after: { role },
    });
    return { organizationId, role };
  });
}

function splitToken(token: string): { organizationId: OrganizationId; secret: string } {
  const dot = token.indexOf('.');
  const organizationId = dot === -1 ? undefined : fromPublicId('organization', token.slice(0, dot));
  if (organizationId === undefined) throw invitationInvalid();
  return { organizationId, secret: token.slice(dot + 1) };
}

function isOpen(invitation: Invitation, now: Date): boolean {
  return invitation.acceptedAt === null && invitation.revokedAt === null && now < invitation.expiresAt;
}
