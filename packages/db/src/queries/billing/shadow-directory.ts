import { asId } from '@metergate/core';
import type { ShadowDirectory } from '@metergate/core/payments/migrate/shadow-catalog';
import type pg from 'pg';

/** Across organizations: use `database.platform`. */
export function createShadowDirectory(pool: pg.Pool): ShadowDirectory {
  return {
    async list({ family, endedAfter, after, limit }) {
      const { rows } = await pool.query<{ id: string; slug: string }>(
        `select id, slug from organizations o
          where ($3::uuid is null or id > $3) and exists (
            select from subscriptions s
             where s.organization_id = o.id and s.family = $1 and (s.ended_at is null or s.ended_at > $2))
          order by id limit $4`,
        [family, endedAfter, after, limit],
      );
      return rows.map(({ id, slug }) => ({ organizationId: asId('organization', id), slug }));
    },
  };
}
