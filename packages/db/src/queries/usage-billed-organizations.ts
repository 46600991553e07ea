import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/**
 * Organizations with a subscription of these families that runs, has ended since `endedAfter`, or whose usage of long
 * ago was corrected, in the order of their ids. Use `database.worker`.
 */
export async function listUsageBilledOrganizations(
  pool: pg.Pool,
  page: { families: readonly string[]; endedAfter: Date; after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct organization_id from subscriptions
      where family = any($1) and (ended_at is null or ended_at > $2 or exists (
              select from usage_reopenings reopened
               where reopened.organization_id = subscriptions.organization_id and reopened.settled_at is null))
        and ($3::uuid is null or organization_id > $3) order by organization_id limit $4`,
    [page.families, page.endedAfter, page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
