import type { OrganizationId } from '@metergate/core';
import { asId } from '@metergate/core';
import { type PlanVersion, planVersionSchema } from '@metergate/core/catalog/plan';
import type { Budget } from '@metergate/core/limits/budgets/budget';
import {
  clientLimitKey,
  type EntitlementFacts,
  type EntitlingSubscription,
} from '@metergate/core/limits/entitlement-snapshot';
import type pg from 'pg';
import { inIngestTransaction } from '../ingest/ingest-transaction.ts';
import { nilClient } from './counter-lookup.ts';
import { canonical } from './decimal-text.ts';

interface FactsRow {
  slug: string;
  name: string;
  email: string;
  currency: string;
  time_zone: string;
  status: string;
  suspended_at: Date | null;
  families: string[];
  active_clients: number;
  subscriptions: SubscriptionJson[];
  overrides: OverrideJson[];
  client_limits: { client_id: string; feature: string; limit_quantity: string }[];
  budgets: BudgetJson[];
}

interface SubscriptionJson {
  family: string;
  plan_version: unknown;
  status: string;
  access: EntitlingSubscription['access'];
  billing_anchor: string;
  seats: string;
}

interface OverrideJson {
  id: string;
  feature: string;
  limit_quantity: string | null;
  unlimited: boolean;
  unit_price: string | null;
  reason: string;
  expires_at: string | null;
}

interface BudgetJson {
  client_id: string;
  amount_minor: string;
  currency: string;
  period: Budget['period'];
  on_reached: Budget['onReached'];
  thresholds: number[];
}

/** Everything a snapshot of entitlements is computed from, in one statement; `undefined` = no such organization. */
export async function loadEntitlementFacts(
  pool: pg.Pool,
  organizationId: OrganizationId,
): Promise<EntitlementFacts | undefined> {
  const scope = { organizationIds: [organizationId], counterLock: 'none' } as const;
  return await inIngestTransaction(pool, scope, async (client) => {
    const { rows } = await client.query<FactsRow>({
      name: 'entitlement_facts',
      text: statement,
      values: [organizationId],
    });
    const row = rows[0];
    return row === undefined ? undefined : toFacts(organizationId, row);
  });
}

function toFacts(organizationId: OrganizationId, row: FactsRow): EntitlementFacts {
  return {
    organizationId: asId('organization', organizationId),
    slug: row.slug,
    name: row.name,
    email: row.email,
    currency: row.currency,
    timeZone: row.time_zone,
    isClosed: row.status === 'closed',
    isSuspended: row.suspended_at !== null,
    families: row.families,
    subscriptions: row.subscriptions.map((subscription) => ({
      family: subscription.family,
      planVersion: readVersion(subscription.plan_version),
      status: subscription.status,
      access: subscription.access,
      billingAnchor: new Date(subscription.billing_anchor),
      seats: Number(subscription.seats),
    })),
    overrides: row.overrides.map((override) => ({
      id: override.id,
      feature: override.feature,
      reason: override.reason,
      expiresAt: override.expires_at === null ? null : new Date(override.expires_at),
      ...limitOf(override),
      ...(override.unit_price === null ? {} : { unitPrice: override.unit_price }),
    })),
    activeClientCount: row.active_clients,
    clientLimits: new Map(
      row.client_limits.map(({ client_id, feature, limit_quantity }) => [
        clientLimitKey(asId('client', client_id), feature),
        canonical(limit_quantity),
      ]),
    ),
    budgets: new Map(row.budgets.map(toBudget).map((budget) => [budget.clientId, budget])),
  };
}

function toBudget(row: BudgetJson): Budget {
  return {
    clientId: row.client_id === nilClient ? null : asId('client', row.client_id),
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    period: row.period,
    onReached: row.on_reached,
    thresholds: row.thresholds,
  };
}

function limitOf({ unlimited, limit_quantity }: OverrideJson) {
  if (unlimited) return { limit: { kind: 'unlimited' as const } };
  if (limit_quantity === null) return {};
  return { limit: { kind: 'limited' as const, quantity: canonical(limit_quantity) } };
}

/** Stored when published by the same schema, so the check guards against content of another release only. */
function readVersion(content: unknown): PlanVersion {
  return planVersionSchema.parse(content);
}

// An incomplete subscription was never paid for and gives nothing; a paused one keeps what its access column says.
const statement = `
select organization.slug, organization.name, organization.email, organization.currency, organization.time_zone, organization.status,
       organization.suspended_at, coalesce(organization.families, '{}') as families,
       (select count(*)::int from clients where organization_id = $1 and status = 'active') as active_clients,
       coalesce((select json_agg(json_build_object(
          'family', subscription.family, 'plan_version', version.content, 'status', subscription.status,
          'access', subscription.access, 'billing_anchor', subscription.billing_anchor,
          'seats', coalesce((select sum(item.quantity)::text from subscription_items item
                              where item.organization_id = $1 and item.subscription_id = subscription.id
                                and item.kind = 'seat'), '0')))
         from subscriptions subscription
         join plan_versions version on version.family = subscription.family and version.plan = subscription.plan
          and version.version = subscription.plan_version
        where subscription.organization_id = $1
          and subscription.status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')), '[]') as subscriptions,
       coalesce((select json_agg(json_build_object(
          'id', id, 'feature', feature, 'limit_quantity', limit_quantity::text, 'unlimited', unlimited,
          'unit_price', unit_price, 'reason', reason, 'expires_at', expires_at) order by created_at, id)
         from limit_overrides where organization_id = $1 and ended_at is null), '[]') as overrides,
       coalesce((select json_agg(json_build_object(
          'client_id', client_id, 'feature', feature, 'limit_quantity', limit_quantity::text))
         from client_limits where organization_id = $1), '[]') as client_limits,
       coalesce((select json_agg(json_build_object(
          'client_id', client_id, 'amount_minor', amount_minor::text, 'currency', currency, 'period', period,
          'on_reached', on_reached, 'thresholds', thresholds))
         from budgets where organization_id = $1), '[]') as budgets
  from organizations organization where organization.id = $1`;
