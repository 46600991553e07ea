import type { ApiKeyScope, MemberRole, OrganizationId } from '@metergate/core';

/** What a signed-in person may see and do in one organization, as stored at this moment. */
export interface Membership {
  organizationId: OrganizationId;
  role: MemberRole;
  adminsSeeMoney: boolean;
  adminsMayBuy: boolean;
}

export interface StoredApiKey {
  id: string;
  /** null = platform key. */
  organizationId: OrganizationId | null;
  scopes: readonly ApiKeyScope[];
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** The questions the edge asks before an organization is known; implemented in the database package. */
export interface IdentityReader {
  /** `organization` is a slug or a public id; null = no such organization, or not a member of it. */
  findMembership(userId: string, organization: string): Promise<Membership | null>;
  /** `organization` is a public id or the platform's own external id; never a slug. */
  findOrganization(organization: string): Promise<OrganizationId | null>;
  findApiKeyByHash(hash: Uint8Array): Promise<StoredApiKey | null>;
}
