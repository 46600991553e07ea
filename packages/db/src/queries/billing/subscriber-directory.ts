import { asId } from '@metergate/core';
import type { SubscriberDirectory } from '@metergate/core/payments/migrate/migrate.ports';
import type pg from 'pg';

/** Use `database.platform`. */
export function createSubscriberDirectory(pool: pg.Pool): SubscriberDirectory {
  return {
    async list({ family, plan, version, after, limit }) {
      const { rows } = await pool.query<{ organization_id: string; slug: string; id: string }>(
        `select s.organization_id, o.slug, s.id from subscriptions s join organizations o on o.id = s.organization_id
          where s.family = $1 and s.plan = $2 and s.plan_version <> $3
            and s.status not in ('canceled', 'incomplete_expired', 'incomplete')
            and ($4::uuid is null or s.id > $4) order by s.id limit $5`,
        [family, plan, version, after, limit],
      );
      return rows.map((row) => ({
        organizationId: asId('organization', row.organization_id),
        slug: row.slug,
        subscriptionId: asId('subscription', row.id),
      }));
    },
  };
}
