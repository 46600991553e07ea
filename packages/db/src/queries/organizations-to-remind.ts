import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Somebody who did not look for this long has been told. */
const CARD_MONTHS = 2;

/**
 * Organizations with a trial that ends before `trialEndsBefore`, a plan that ends before `endsBefore`, a checkout that was not finished and began within
 * the given span, or a default card whose last month is over at `cardsEndBefore` or was shortly before, in the order
 * of their ids. Use `database.worker`.
 */
export async function listOrganizationsToRemind(
  pool: pg.Pool,
  page: {
    trialEndsBefore: Date;
    endsBefore: Date;
    checkoutsAfter: Date;
    checkoutsBefore: Date;
    cardsEndBefore: Date;
    after: OrganizationId | null;
    limit: number;
  },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ organization_id: string }>(
    `select organization_id from (
       select organization_id from subscriptions where status = 'trialing' and trial_end <= $1
       union
       select organization_id from subscriptions where status = 'active' and cancel_at <= $7
       union
       select organization_id from checkout_sessions
        where status <> 'complete' and created_at >= $2 and created_at <= $3
       union
       select organization_id from payment_methods
        where is_default and detached_at is null and exp_month > 0
          and exp_year * 12 + exp_month between $6::int - ${CARD_MONTHS} and $6::int
     ) due
     where $4::uuid is null or organization_id > $4 order by organization_id limit $5`,
    [
      page.trialEndsBefore,
      page.checkoutsAfter,
      page.checkoutsBefore,
      page.after,
      page.limit,
      page.cardsEndBefore.getUTCFullYear() * 12 + page.cardsEndBefore.getUTCMonth(),
      page.endsBefore,
    ],
  );
  return rows.map((row) => asId('organization', row.organization_id));
}
