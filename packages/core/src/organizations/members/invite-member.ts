import type { Actor, MemberRole } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { asId, type IdSource, notFound, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { SecretSource } from '../../shared/secret-source.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { alreadyMember, organizationClosed, roleAboveOwn } from '../organizations.errors.ts';
import type { Invitation, OrganizationTx } from '../organizations.ports.ts';
import { invitationMail } from './invitation-mail.ts';
import { normalizeEmail } from './normalize-email.ts';

const validDays = 7;
const dayMs = 86_400_000;

/**
 * Invites somebody by e-mail. The link carries a secret that is stored hashed and works once, for seven days,
 * for a person signed in under the invited address.
 * @throws ROLE_ABOVE_OWN when an admin invites an owner; MEMBER_EXISTS.
 */
export async function inviteMember(
  deps: {
    clock: Clock;
    ids: IdSource;
    secrets: SecretSource;
    publicUrl: string;
    unitOfWork: UnitOfWork<
      Pick<OrganizationTx, 'organizations' | 'members' | 'invitations' | 'mail' | 'audit'>
    >;
  },
  request: {
    actor: Extract<Actor, { kind: 'member' }>;
    organizationId: OrganizationId;
    email: string;
    role: MemberRole;
  },
): Promise<Invitation> {
  const { actor, organizationId, role } = request;
  authorize(actor, { members: ['owner', 'admin'] });
  if (role === 'owner' && actor.role !== 'owner') throw roleAboveOwn();
  const email = normalizeEmail(request.email);
  const secret = deps.secrets.create();
  const now = deps.clock.now();
  const invitation: Invitation = {
    id: asId('invitation', deps.ids.next()),
    organizationId,
    email,
    role,
    tokenHash: deps.secrets.hash(secret),
    invitedBy: actor.userId,
    expiresAt: new Date(now.getTime() + validDays * dayMs),
    acceptedAt: null,
    revokedAt: null,
    createdAt: now,
  };
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.lock(organizationId);
    if (organization === undefined) throw notFound('organization');
    if (organization.status === 'closed') throw organizationClosed();
    const members = await tx.members.list(organizationId);
    if (members.some((member) => normalizeEmail(member.email) === email)) throw alreadyMember();
    await tx.invitations.insert(invitation);
    const link = `${deps.publicUrl}/invitations/${toPublicId('organization', organizationId)}.${secret}`;
    await tx.mail.add(invitationMail({ organization, invitation, invitedBy: actor.email, link }));
    await tx.audit.append({
      organizationId,
      actor,
      action: 'invitation.created',
      target: { kind: 'invitation', id: invitation.id },
      after: { email, role },
    });
  });
  return invitation;
}
