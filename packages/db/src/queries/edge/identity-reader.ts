import {
  type ApiKeyScope,
  apiKeyScopes,
  asId,
  fromPublicId,
  type MemberRole,
  type OrganizationId,
} from '@metergate/core';
import type pg from 'pg';

/** What a member may see and do in one organization, as stored at this moment. */
export interface MembershipRow {
  organizationId: OrganizationId;
  role: MemberRole;
  adminsSeeMoney: boolean;
  adminsMayBuy: boolean;
}

export interface ApiKeyRow {
  id: string;
  /** null = platform key. */
  organizationId: OrganizationId | null;
  scopes: readonly ApiKeyScope[];
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export interface LastOrganizationRow {
  slug: string;
}

/**
 * The questions asked before an organization is known. Use `database.auth`: that role reads memberships and keys
 * of everybody, and nothing of what organizations do.
 */
export function createIdentityReader(pool: pg.Pool) {
  return {
    /** `organization` is a slug or a public id; null = no such organization, or not a member of it. */
    async findMembership(userId: string, organization: string): Promise<MembershipRow | null> {
      const id = fromPublicId('organization', organization);
      const { rows } = await pool.query<MembershipRow>({
        name: 'edge-membership',
        text: `select o.id as "organizationId", m.role, o.admins_see_money as "adminsSeeMoney",
                      o.admins_may_buy as "adminsMayBuy"
                 from organizations o join members m on m.organization_id = o.id and m.user_id = $1
                where o.id = $2::uuid or ($2::uuid is null and o.slug = $3)`,
        values: [userId, id ?? null, organization],
      });
      return rows[0] ?? null;
    },

    /** `organization` is a public id or the external id that a platform gave; null = unknown. */
    async findOrganization(organization: string): Promise<OrganizationId | null> {
      const id = fromPublicId('organization', organization);
      const { rows } = await pool.query<{ id: string }>({
        name: 'edge-organization',
        text: 'select id from organizations where id = $1::uuid or ($1::uuid is null and external_id = $2)',
        values: [id ?? null, organization],
      });
      const found = rows[0];
      return found === undefined ? null : asId('organization', found.id);
    },

    /** `hash`: SHA-256 of the whole key. */
    async findApiKeyByHash(hash: Uint8Array): Promise<ApiKeyRow | null> {
      const { rows } = await pool.query<Omit<ApiKeyRow, 'scopes'> & { scopes: string[] }>({
        name: 'edge-api-key',
        text: `select id, organization_id as "organizationId", scopes, expires_at as "expiresAt",
                      revoked_at as "revokedAt"
                 from api_keys where key_hash = $1`,
        values: [Buffer.from(hash)],
      });
      const found = rows[0];
      return found === undefined ? null : { ...found, scopes: found.scopes.filter(isScope) };
    },

    /** Where a person lands who names no organization: the one joined last. */
    async findLastOrganization(userId: string): Promise<LastOrganizationRow | null> {
      const { rows } = await pool.query<LastOrganizationRow>({
        text: `select o.slug from members m join organizations o on o.id = m.organization_id
                where m.user_id = $1 and o.status = 'active' order by m.created_at desc limit 1`,
        values: [userId],
      });
      return rows[0] ?? null;
    },
  };
}

function isScope(text: string): text is ApiKeyScope {
  return apiKeyScopes.some((scope) => scope === text);
}
