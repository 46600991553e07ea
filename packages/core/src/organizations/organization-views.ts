import type { z } from 'zod';
import { toPublicId } from '../shared/ids.ts';
import type { Organization } from './organization.ts';
import type { ApiKey, Client, Invitation, MemberWithPerson, VoiceConfig } from './organizations.ports.ts';
import type {
  apiKeyViewSchema,
  ClientView,
  invitationViewSchema,
  memberViewSchema,
  OrganizationView,
  voiceConfigViewSchema,
} from './organizations.schemas.ts';

export function toOrganizationView(organization: Organization): OrganizationView {
  const { adminsSeeMoney, adminsMayBuy, autoBuySeatsMax } = organization;
  return {
    id: toPublicId('organization', organization.id),
    slug: organization.slug,
    name: organization.name,
    externalId: organization.externalId,
    email: organization.email,
    currency: organization.currency,
    timeZone: organization.timeZone,
    status: organization.status,
    suspendedAt: instantText(organization.suspendedAt),
    stripeCustomerId: organization.stripeCustomerId,
    families: organization.families,
    settings: { adminsSeeMoney, adminsMayBuy, autoBuySeats: autoBuySeatsMax !== null, autoBuySeatsMax },
    createdAt: organization.createdAt.toISOString(),
  };
}

export function toMemberView(member: MemberWithPerson): z.infer<typeof memberViewSchema> {
  const { userId, name, email, role, joinedAt } = member;
  return { userId, name, email, role, joinedAt: joinedAt.toISOString() };
}

/** @param names User id → the name to show for whoever invited; somebody who left is shown by id. */
export function toInvitationView(
  invitation: Invitation,
  { names, now }: { names: ReadonlyMap<string, string>; now: Date },
): z.infer<typeof invitationViewSchema> {
  return {
    id: toPublicId('invitation', invitation.id),
    email: invitation.email,
    role: invitation.role,
    invitedBy: names.get(invitation.invitedBy) ?? invitation.invitedBy,
    expiresAt: invitation.expiresAt.toISOString(),
    status: invitationStatus(invitation, now),
  };
}

function invitationStatus(invitation: Invitation, now: Date): z.infer<typeof invitationViewSchema>['status'] {
  if (invitation.acceptedAt !== null) return 'accepted';
  if (invitation.revokedAt !== null) return 'revoked';
  return now < invitation.expiresAt ? 'open' : 'expired';
}

export function toClientView(client: Client): ClientView {
  return {
    id: toPublicId('client', client.id),
    externalId: client.externalId,
    name: client.name,
    status: client.status,
    createdAt: client.createdAt.toISOString(),
    archivedAt: instantText(client.archivedAt),
  };
}

/** Never the secret or its digest. */
export function toApiKeyView(key: ApiKey): z.infer<typeof apiKeyViewSchema> {
  return {
    id: toPublicId('apiKey', key.id),
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    createdAt: key.createdAt.toISOString(),
    expiresAt: instantText(key.expiresAt),
    revokedAt: instantText(key.revokedAt),
    lastUsedAt: instantText(key.lastUsedAt),
  };
}

export function toVoiceConfigView(
  { updatedAt, ...config }: VoiceConfig,
  right: { unlocked: boolean; upgradeTo: string | null },
): z.infer<typeof voiceConfigViewSchema> {
  return { ...config, ...right, updatedAt: instantText(updatedAt) };
}

function instantText(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
