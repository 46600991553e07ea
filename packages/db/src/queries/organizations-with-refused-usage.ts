import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Organizations of whose usage Stripe refused a part that waits, in the order of their ids. Use `database.worker`. */
export async function listOrganizationsWithRefusedUsage(
  pool: pg.Pool,
  page: { after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct organization_id from usage_reports
      where status = 'refused' and ($1::uuid is null or organization_id > $1)
      order by organization_id limit $2`,
    [page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
