import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Organizations with an exception that has ended by its date and is not closed, by id. Use `database.worker`. */
export async function listOrganizationsWithExpiredOverrides(
  pool: pg.Pool,
  page: { at: Date; after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct organization_id from limit_overrides
      where ended_at is null and expires_at <= $1 and ($2::uuid is null or organization_id > $2)
      order by organization_id limit $3`,
    [page.at, page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
