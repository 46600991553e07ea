import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Every organization, in pages by id; use the workers' pool. */
export async function listOrganizations(
  pool: pg.Pool,
  page: { after: string | null; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from organizations where ($1::uuid is null or id > $1) order by id limit $2',
    [page.after, page.limit],
  );
  return rows.map(({ id }) => asId('organization', id));
}
