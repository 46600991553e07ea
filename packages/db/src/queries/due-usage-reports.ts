import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/**
 * Organizations with an hour to tell Stripe's meters, or whose meters changed, in the order of their ids. One query,
 * whatever the number of organizations that are not due. Use `database.worker`.
 */
export async function listDueUsageReports(
  pool: pg.Pool | pg.ClientBase,
  page: { at: Date; after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select organization_id from (
       select organization_id from usage_report_cues where due_at <= $1
       union
       select organization_id from usage_report_looks where due_at <= $1
     ) due
      where $2::uuid is null or organization_id > $2 order by organization_id limit $3`,
    [page.at, page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
