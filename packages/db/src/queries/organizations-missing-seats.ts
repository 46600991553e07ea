import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/**
 * Organizations that let seats be bought and use more than they have, with levels that nobody moved since
 * `quietSince`: people who join together are bought for together. Use `database.worker`.
 */
export async function listOrganizationsMissingSeats(
  pool: pg.Pool,
  page: { quietSince: Date; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'organizations_missing_seats',
    text: `select distinct organization.id
       from organizations organization
       join subscriptions subscription on subscription.organization_id = organization.id
        and subscription.status in ('trialing', 'active') and subscription.access = 'full'
        and subscription.cancel_at is null and subscription.collection_paused is null
       join subscription_items item on item.organization_id = organization.id
        and item.subscription_id = subscription.id and item.kind = 'seat'
       join plan_versions version on version.family = subscription.family and version.plan = subscription.plan
        and version.version = subscription.plan_version
       cross join lateral jsonb_array_elements(version.content -> 'prices') price
       join gauges gauge on gauge.organization_id = organization.id and gauge.feature = price ->> 'feature'
      where organization.auto_buy_seats and organization.auto_buy_seats_max is not null
        and organization.status = 'active' and price ->> 'kind' = 'seat'
        and least(ceil(gauge.level), organization.auto_buy_seats_max) > item.quantity
        and gauge.updated_at <= $1
      order by organization.id limit $2`,
    values: [page.quietSince, page.limit],
  });
  return rows.map(({ id }) => asId('organization', id));
}
