import {
  asId,
  monthlyRecurring,
  type PlanVersion,
  type RecurringRevenue,
  toPublicId,
  worstLimitPercent,
} from '@metergate/core';
import type { AdminOrganizationRow } from '@metergate/core/admin/admin.schemas';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { type EntitlementFacts, entitlementSnapshot } from '@metergate/core/limits/entitlement-snapshot';
import type { OrganizationFact, SubscriptionFact } from '@metergate/db';

export type PlanVersions = ReadonlyMap<string, PlanVersion>;

interface RowContext {
  plans: PlanVersions;
  catalog: ReadonlyMap<string, ProductFamily>;
  at: Date;
}

/** A row of the staff's list of organizations. */
export function toOrganizationRow(fact: OrganizationFact, context: RowContext): AdminOrganizationRow {
  const snapshot = entitlementSnapshot(entitlementFacts(fact, context.plans), context.catalog, context.at);
  return {
    id: toPublicId('organization', fact.id),
    slug: fact.slug,
    name: fact.name,
    email: fact.email,
    plans: shownSubscriptions(fact).map(({ family, plan, status, access }) => ({
      family,
      plan,
      status,
      access: fact.suspendedAt === null ? access : 'suspended',
    })),
    mrr: toRevenueView(recurringOf(fact.subscriptions, context.plans)),
    pastDueSince: fact.pastDueSince?.toISOString() ?? null,
    worstLimitPercent: worstLimitPercent(snapshot, fact.used),
    owner: fact.owner,
    createdAt: fact.createdAt.toISOString(),
  };
}

export function recurringOf(
  subscriptions: readonly SubscriptionFact[],
  plans: PlanVersions,
): RecurringRevenue[] {
  return monthlyRecurring(
    subscriptions.map((subscription) => ({ ...subscription, plan: planOf(subscription, plans) })),
  );
}

export function toRevenueView(revenue: readonly RecurringRevenue[]) {
  return revenue.map(({ currency, amountMinor }) => ({ currency, amountMinor: amountMinor.toString() }));
}

function planOf({ family, plan, planVersion }: SubscriptionFact, plans: PlanVersions) {
  return plans.get(`${family}/${plan}/${planVersion}`);
}

/** The running ones; of an organization without any the one that ended last. */
function shownSubscriptions({ subscriptions }: OrganizationFact): SubscriptionFact[] {
  const running = subscriptions.filter(({ status }) => status !== 'canceled');
  return running.length > 0 ? running : subscriptions.slice(0, 1);
}

const entitling: ReadonlySet<string> = new Set(['trialing', 'active', 'past_due', 'unpaid', 'paused']);

function entitlementFacts(fact: OrganizationFact, plans: PlanVersions): EntitlementFacts {
  return {
    organizationId: fact.id,
    name: fact.name,
    email: fact.email,
    slug: fact.slug,
    currency: fact.currency,
    timeZone: fact.timeZone,
    isClosed: fact.status === 'closed',
    isSuspended: fact.suspendedAt !== null,
    families: fact.families,
    subscriptions: fact.subscriptions.flatMap((subscription) => {
      const planVersion = planOf(subscription, plans);
      if (planVersion === undefined || !entitling.has(subscription.status)) return [];
      const { family, status, access, billingAnchor, currency } = subscription;
      const id = asId('subscription', subscription.id);
      const now = { id, family, planVersion, status, currency, access, billingAnchor, endedAt: null };
      // Limits are those of today; what was in force before matters to money only.
      return [{ ...now, seats: seatsOf(subscription), seatsMax: null, terms: [], earlierPlans: [] }];
    }),
    overrides: fact.overrides.map(({ id, feature, limit, unlimited, expiresAt }) => ({
      id,
      feature,
      reason: '',
      expiresAt,
      ...(unlimited ? { limit: { kind: 'unlimited' as const } } : {}),
      ...(limit === null ? {} : { limit: { kind: 'limited' as const, quantity: limit } }),
    })),
    endedSubscriptions: [],
    overrideHistory: [],
    activeClientCount: fact.activeClients,
    archivedClients: new Set(),
    // The list shows the plan's limits; what an organization allows itself is its own affair.
    clientLimits: new Map(),
    budgets: new Map(),
  };
}

function seatsOf({ items }: SubscriptionFact): number {
  return items
    .filter(({ kind }) => kind === 'seat')
    .reduce((seats, { quantity }) => seats + Number(quantity ?? 0), 0);
}
