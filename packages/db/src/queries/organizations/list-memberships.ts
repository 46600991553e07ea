import { asId, type MemberRole, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

export interface MembershipListRow {
  organizationId: OrganizationId;
  slug: string;
  name: string;
  role: MemberRole;
  adminsSeeMoney: boolean;
  adminsMayBuy: boolean;
  currency: string;
  timeZone: string;
}

/** The organizations a person belongs to, joined last first; closed ones stay readable. Use `database.auth`. */
export async function listMemberships(pool: pg.Pool, userId: string): Promise<MembershipListRow[]> {
  const { rows } = await pool.query<MembershipListRow>({
    name: 'memberships',
    text: `select o.id as "organizationId", o.slug, o.name, m.role, o.admins_see_money as "adminsSeeMoney",
                  o.admins_may_buy as "adminsMayBuy", o.currency, o.time_zone as "timeZone"
             from members m join organizations o on o.id = m.organization_id
            where m.user_id = $1
            order by (o.status = 'active') desc, m.created_at desc, o.id
            limit 500`,
    values: [userId],
  });
  return rows.map((row) => ({ ...row, organizationId: asId('organization', row.organizationId) }));
}
