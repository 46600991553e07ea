import type { OrganizationId } from '@metergate/core';
import type { EntitlementFacts } from '@metergate/core/limits/entitlement-snapshot';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { type FactsRow, toFacts } from './entitlement-facts-row.ts';

/** A calendar month and the billing periods it cuts lie within this before now. */
const historyMs = 70 * 86_400_000;

/** Everything a snapshot of entitlements is computed from, in one statement; `undefined` = no such organization. */
export async function loadEntitlementFacts(
  pool: pg.Pool,
  organizationId: OrganizationId,
  now: Date,
): Promise<EntitlementFacts | undefined> {
  const scope = { organizationIds: [organizationId], counterLock: 'none' } as const;
  return await inIngestTransaction(pool, scope, async (client) => {
    const { rows } = await client.query<FactsRow>({
      name: 'entitlement_facts',
      text: statement,
      values: [organizationId, new Date(now.getTime() - historyMs).toISOString()],
    });
    const row = rows[0];
    return row === undefined ? undefined : toFacts(organizationId, row);
  });
}

// An incomplete subscription was never paid for and gives nothing; a paused one keeps what its access column says; of
// one that has ended only the cost of its last months matters.
const statement = `
select organization.slug, organization.name, organization.email, organization.currency, organization.time_zone, organization.status,
       organization.suspended_at, coalesce(organization.families, '{}') as families,
       (select count(*)::int from clients where organization_id = $1 and status = 'active') as active_clients,
       (select string_agg(uuid_send(id), '' order by id) from clients
         where organization_id = $1 and status = 'archived') as archived_clients,
       coalesce((select json_agg(json_build_object(
          'id', subscription.id, 'currency', subscription.currency,
          'terms', coalesce((select json_agg(terms order by terms.effective_at) from (
             select effective_at, plan, plan_version, currency, billing_anchor, seats, clients, is_billable, is_paused,
                    lead(effective_at) over (order by effective_at) as replaced_at
               from subscription_terms
              where organization_id = $1 and subscription_id = subscription.id) terms
            where terms.replaced_at is null or terms.replaced_at > $2), '[]'),
          'earlier_plans', coalesce((select json_agg(earlier.content) from plan_versions earlier
            where earlier.family = subscription.family
              and (earlier.plan, earlier.version) <> (subscription.plan, subscription.plan_version)
              and (earlier.plan, earlier.version) in (
                select plan, plan_version from subscription_terms
                 where organization_id = $1 and subscription_id = subscription.id)), '[]'),
          'family', subscription.family, 'plan_version', version.content, 'status', subscription.status,
          'access', subscription.access, 'ended_at', subscription.ended_at, 'billing_anchor', subscription.billing_anchor,
          'seats', coalesce((select sum(item.quantity)::text from subscription_items item
                              where item.organization_id = $1 and item.subscription_id = subscription.id
                                and item.kind = 'seat'), '0'),
          'seats_max', case when organization.auto_buy_seats and subscription.status in ('trialing', 'active')
                             and subscription.access = 'full' and subscription.cancel_at is null
                             and subscription.collection_paused is null
                            then organization.auto_buy_seats_max end))
         from subscriptions subscription
         join plan_versions version on version.family = subscription.family and version.plan = subscription.plan
          and version.version = subscription.plan_version
        where subscription.organization_id = $1
          and (subscription.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
            or (subscription.status = 'canceled' and subscription.ended_at > $2))), '[]') as subscriptions,
       coalesce((select json_agg(json_build_object(
          'id', id, 'feature', feature, 'limit_quantity', limit_quantity::text, 'unlimited', unlimited,
          'unit_price', unit_price, 'reason', reason, 'expires_at', expires_at) order by created_at, id)
         from limit_overrides where organization_id = $1 and ended_at is null), '[]') as overrides,
       coalesce((select json_agg(json_build_object(
          'id', id, 'feature', feature, 'limit_quantity', limit_quantity::text, 'unlimited', unlimited,
          'unit_price', unit_price, 'starts_at', created_at, 'ends_at', least(expires_at, ended_at))
            order by created_at, id)
         from limit_overrides where organization_id = $1 and coalesce(least(expires_at, ended_at), $2) >= $2), '[]') as override_history,
       coalesce((select json_agg(json_build_object(
          'client_id', client_id, 'feature', feature, 'limit_quantity', limit_quantity::text))
         from client_limits where organization_id = $1), '[]') as client_limits,
       coalesce((select json_agg(json_build_object(
          'client_id', client_id, 'amount_minor', amount_minor::text, 'currency', currency, 'period', period,
          'on_reached', on_reached, 'thresholds', thresholds))
         from budgets where organization_id = $1), '[]') as budgets
  from organizations organization where organization.id = $1`;
