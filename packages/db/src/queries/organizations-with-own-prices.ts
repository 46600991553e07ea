import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/**
 * Organizations with an own price that is not closed, or that is still charged or scheduled at Stripe, by id. Use
 * `database.worker`.
 */
export async function listOrganizationsWithOwnPrices(
  pool: pg.Pool,
  page: { after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct own.organization_id from own_prices own
      where ($1::uuid is null or own.organization_id > $1)
        and (own.ended_at is null
             or exists (select from subscription_items item
                         where item.organization_id = own.organization_id and item.price_key like '%\\_own\\_%')
             or exists (select from subscriptions s
                         where s.organization_id = own.organization_id
                           and s.scheduled_change::text like '%\\_own\\_%'))
      order by own.organization_id limit $2`,
    [page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
