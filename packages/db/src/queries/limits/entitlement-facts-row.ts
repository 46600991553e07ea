import { asId, type OrganizationId } from '@metergate/core';
import { type PlanVersion, planVersionSchema } from '@metergate/core/catalog/plan';
import type { Budget } from '@metergate/core/limits/budgets/budget';
import {
  clientLimitKey,
  type EntitlementFacts,
  type EntitlingSubscription,
} from '@metergate/core/limits/entitlement-snapshot';
import { clientIdsOf } from './client-ids.ts';
import { nilClient } from './counter-lookup.ts';
import { canonical } from './decimal-text.ts';

/** As the one statement answers; what comes as JSON has texts for instants and decimals. */
export interface FactsRow {
  slug: string;
  name: string;
  email: string;
  currency: string;
  time_zone: string;
  status: string;
  suspended_at: Date | null;
  families: string[];
  active_clients: number;
  /** Sixteen bytes each, in their order; null = none. */
  archived_clients: Buffer | null;
  subscriptions: SubscriptionJson[];
  overrides: OverrideJson[];
  override_history: DatedOverrideJson[];
  client_limits: { client_id: string; feature: string; limit_quantity: string }[];
  budgets: BudgetJson[];
}

interface SubscriptionJson {
  id: string;
  family: string;
  currency: string;
  terms: TermsJson[];
  earlier_plans: unknown[];
  plan_version: unknown;
  status: string;
  access: EntitlingSubscription['access'];
  billing_anchor: string;
  seats: string;
  seats_max: number | null;
  ended_at: string | null;
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

interface DatedOverrideJson extends OverrideJson {
  starts_at: string;
  ends_at: string | null;
}

interface TermsJson {
  effective_at: string;
  plan: string;
  plan_version: number;
  currency: string;
  billing_anchor: string;
  seats: number;
  clients: number;
  is_billable: boolean;
  is_paused: boolean;
}

interface BudgetJson {
  client_id: string;
  amount_minor: string;
  currency: string;
  period: Budget['period'];
  on_reached: Budget['onReached'];
  thresholds: number[];
}

export function toFacts(organizationId: OrganizationId, row: FactsRow): EntitlementFacts {
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
    subscriptions: row.subscriptions.filter(({ status }) => status !== 'canceled').map(toSubscription),
    endedSubscriptions: row.subscriptions.filter(({ status }) => status === 'canceled').map(toSubscription),
    overrides: row.overrides.map((override) => ({
      ...toOverride(override),
      reason: override.reason,
      expiresAt: override.expires_at === null ? null : new Date(override.expires_at),
    })),
    overrideHistory: row.override_history.map((override) => ({
      ...toOverride(override),
      startsAt: new Date(override.starts_at),
      endsAt: override.ends_at === null ? null : new Date(override.ends_at),
    })),
    activeClientCount: row.active_clients,
    archivedClients: clientIdsOf(row.archived_clients),
    clientLimits: new Map(
      row.client_limits.map(({ client_id, feature, limit_quantity }) => [
        clientLimitKey(asId('client', client_id), feature),
        canonical(limit_quantity),
      ]),
    ),
    budgets: new Map(row.budgets.map(toBudget).map((budget) => [budget.clientId, budget])),
  };
}

function toSubscription(subscription: SubscriptionJson): EntitlingSubscription {
  const id = asId('subscription', subscription.id);
  return {
    id,
    family: subscription.family,
    planVersion: readVersion(subscription.plan_version),
    status: subscription.status,
    currency: subscription.currency,
    access: subscription.access,
    billingAnchor: new Date(subscription.billing_anchor),
    seats: Number(subscription.seats),
    seatsMax: subscription.seats_max,
    endedAt: subscription.ended_at === null ? null : new Date(subscription.ended_at),
    terms: subscription.terms.map((terms) => ({
      subscriptionId: id,
      effectiveAt: new Date(terms.effective_at),
      plan: terms.plan,
      planVersion: terms.plan_version,
      currency: terms.currency,
      billingAnchor: new Date(terms.billing_anchor),
      seats: terms.seats,
      clients: terms.clients,
      isBillable: terms.is_billable,
      isPaused: terms.is_paused,
    })),
    earlierPlans: subscription.earlier_plans.map(readVersion),
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

function toOverride(override: OverrideJson) {
  const { id, feature, unit_price } = override;
  return { id, feature, ...limitOf(override), ...(unit_price === null ? {} : { unitPrice: unit_price }) };
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
