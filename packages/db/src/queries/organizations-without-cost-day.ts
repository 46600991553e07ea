import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** The shortest local day has 23 hours: whoever has one that ended within them has no other one that did. */
const shortestDay = '23 hours';

/**
 * Organizations that pay for something (the states of `chargedOf`) and may have a local day whose cost is not written down, by id. Which day has
 * ended where is decided for each by itself. Use `database.worker`.
 */
export async function listOrganizationsWithoutCostDay(
  pool: pg.Pool,
  page: { at: Date; after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct organization_id from subscriptions
      where status in ('active', 'past_due', 'unpaid') and ($2::uuid is null or organization_id > $2)
        and not exists (select from cost_days
                         where cost_days.organization_id = subscriptions.organization_id
                           and cost_days.ended_at > $1::timestamptz - interval '${shortestDay}')
      order by organization_id limit $3`,
    [page.at, page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
