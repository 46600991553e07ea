import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/**
 * Organizations with a trial that ends before `trialEndsBefore` or a checkout that was not finished and began within
 * the given span, in the order of their ids. Use `database.worker`.
 */
export async function listOrganizationsToRemind(
  pool: pg.Pool,
  page: {
    trialEndsBefore: Date;
    checkoutsAfter: Date;
    checkoutsBefore: Date;
    after: OrganizationId | null;
    limit: number;
  },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select organization_id from (
       select organization_id from subscriptions where status = 'trialing' and trial_end <= $1
       union
       select organization_id from checkout_sessions
        where status <> 'complete' and created_at >= $2 and created_at <= $3
     ) due
     where $4::uuid is null or organization_id > $4 order by organization_id limit $5`,
    [page.trialEndsBefore, page.checkoutsAfter, page.checkoutsBefore, page.after, page.limit],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
