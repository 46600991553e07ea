import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Organizations with a customer at Stripe in the order of their ids, a page at a time. Use `database.worker`. */
export async function listBilledOrganizations(
  pool: pg.Pool,
  { after, limit }: { after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from organizations
     where stripe_customer_id is not null and ($1::uuid is null or id > $1) order by id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => asId('organization', id));
}

/** Organizations with an overdue subscription, in the order of their ids. Use `database.worker`. */
export async function listOverdueOrganizations(
  pool: pg.Pool,
  { after, limit }: { after: OrganizationId | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select distinct organization_id from subscriptions
     where status in ('past_due', 'unpaid') and ($1::uuid is null or organization_id > $1)
     order by organization_id limit $2`,
    [after, limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
