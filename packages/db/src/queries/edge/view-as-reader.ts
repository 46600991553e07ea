import { asId, fromPublicId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

export interface RunningViewAs {
  id: string;
  organizationId: OrganizationId;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  reason: string;
  expiresAt: Date;
}

const columns = `v.id, o.id as "organizationId", o.slug, o.name, o.currency, o.time_zone as "timeZone", v.reason,
                 v.expires_at as "expiresAt"`;
const running = 'v.staff_user_id = $1 and v.ended_at is null and v.expires_at > $2';

/** Which organizations a staff member may look into at this moment. Use `database.auth`. */
export function createViewAsReader(pool: pg.Pool) {
  return {
    /** `organization` is a slug or a public id; null = no session is running for it. */
    async find(staffUserId: string, organization: string, at: Date): Promise<RunningViewAs | null> {
      const id = fromPublicId('organization', organization);
      const { rows } = await pool.query<RunningViewAs>({
        name: 'edge-view-as',
        text: `select ${columns} from view_as_sessions v join organizations o on o.id = v.organization_id
                where ${running} and (o.id = $3::uuid or ($3::uuid is null and o.slug = $4))
                order by v.expires_at desc limit 1`,
        values: [staffUserId, at, id ?? null, organization],
      });
      return rows.map(withBrand)[0] ?? null;
    },
    async list(staffUserId: string, at: Date): Promise<RunningViewAs[]> {
      const { rows } = await pool.query<RunningViewAs>({
        name: 'edge-view-as-list',
        text: `select distinct on (o.id) ${columns}
                 from view_as_sessions v join organizations o on o.id = v.organization_id
                where ${running} order by o.id, v.expires_at desc limit 20`,
        values: [staffUserId, at],
      });
      return rows.map(withBrand);
    },
  };
}

function withBrand(row: RunningViewAs): RunningViewAs {
  return { ...row, organizationId: asId('organization', row.organizationId) };
}
