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
