import { freePlanOf } from '../catalog/define-family.ts';
import {
  type EffectiveEntitlement,
  type EntitlementOverride,
  entitlementsOf,
} from '../catalog/effective-entitlements.ts';
import type { Feature } from '../catalog/feature.ts';
import type { Meter } from '../catalog/meter.ts';
import { type PlanVersion, seatFeaturesOf } from '../catalog/plan.ts';
import type { ProductFamily } from '../catalog/product-family.ts';
import type { DatedOverride } from '../rating/segments/dated-override.ts';
import type { ClientId, OrganizationId, SubscriptionId } from '../shared/ids.ts';
import type { Quantity } from '../shared/money/quantity.ts';
import type { SubscriptionTerms } from '../subscriptions/terms/subscription-terms.ts';
import type { Budget } from './budgets/budget.ts';

export type Access = 'full' | 'restricted' | 'suspended';

/** A subscription as entitlements and costs see it; never-started ones are left out by whoever loads. */
export interface EntitlingSubscription {
  id: SubscriptionId;
  family: string;
  planVersion: PlanVersion;
  status: string;
  currency: string;
  access: Access;
  /** First instant of its first period; every usage period is counted from it. */
  billingAnchor: Date;
  seats: number;
  /** What was in force in the last months, oldest first; empty = nothing was written down. */
  terms: readonly SubscriptionTerms[];
  /** The plan versions of those terms, as far as they are not the present one. */
  earlierPlans: readonly PlanVersion[];
  /** Up to how many seats may be taken because missing ones are bought behind it; null = those bought. */
  seatsMax: number | null;
  /** null = it has not ended. */
  endedAt: Date | null;
}

/** What is stored about one organization that decides what it may use. */
export interface EntitlementFacts {
  organizationId: OrganizationId;
  slug: string;
  name: string;
  /** Where alerts go when nobody else is named. */
  email: string;
  currency: string;
  timeZone: string;
  isClosed: boolean;
  isSuspended: boolean;
  /** Families it may see; empty = all that are loaded. */
  families: readonly string[];
  subscriptions: readonly EntitlingSubscription[];
  /** They give nothing any more; what was used before they ended in the last months still costs something. */
  endedSubscriptions: readonly EntitlingSubscription[];
  /** Oldest first, so that the latest wins. */
  overrides: readonly (EntitlementOverride & { reason: string })[];
  /** Those and the ones that ended in the last months, oldest first. */
  overrideHistory: readonly DatedOverride[];
  activeClientCount: number;
  /** Neither counted nor paid for: nothing new is granted to them. */
  archivedClients: Pick<ReadonlySet<ClientId>, 'has'>;
  /** What the organization allows single clients, by `clientLimitKey`. */
  clientLimits: ReadonlyMap<string, Quantity>;
  /** What it allows to be spent: of itself (null), or of one client. */
  budgets: ReadonlyMap<ClientId | null, Budget>;
}

export function clientLimitKey(clientId: ClientId, feature: string): string {
  return `${clientId} ${feature}`;
}

/** One family as the organization has it. */
export interface FamilyStanding {
  family: ProductFamily;
  /** null = no subscription and the family has no free plan. */
  planVersion: PlanVersion | null;
  subscription: EntitlingSubscription | null;
  access: Access;
}

/** Everything a decision about one feature needs, besides the counter. */
export interface FeatureGrant {
  standing: FamilyStanding;
  feature: Feature;
  /** null for features that are not metered. */
  meter: Meter | null;
  /** null = the plan does not mention it, or there is no plan. */
  entitlement: EffectiveEntitlement | null;
}

/** An organization's rights at one moment; immutable, so it can be kept for some seconds. */
export interface EntitlementSnapshot {
  facts: EntitlementFacts;
  standings: readonly FamilyStanding[];
  /** Of the subscriptions that have ended, for their costs only. */
  formerStandings: readonly FamilyStanding[];
  /** By feature key; a Map, so that "constructor" is an unknown feature and nothing else. */
  grants: ReadonlyMap<string, FeatureGrant>;
  /** Of families that staff do not show it: nothing is granted any more, and what was granted is settled. */
  withheldGrants: ReadonlyMap<string, FeatureGrant>;
  asOf: Date;
}

/** Works out the rights of an organization from what is stored and the loaded catalogue. */
export function entitlementSnapshot(
  facts: EntitlementFacts,
  catalog: ReadonlyMap<string, ProductFamily>,
  at: Date,
): EntitlementSnapshot {
  const families = [...catalog.values()];
  const visible = families.filter(({ key }) => isVisible(facts, key));
  const standings = visible.map((family) => standingIn(facts, family));
  const withheld = families.filter(({ key }) => !isVisible(facts, key));
  const formerStandings = facts.endedSubscriptions.flatMap((subscription) => {
    const family = catalog.get(subscription.family);
    return family === undefined ? [] : [standingOf(family, subscription)];
  });
  return {
    facts,
    standings,
    formerStandings,
    grants: grantsByFeature(standings, facts, at),
    withheldGrants: grantsByFeature(
      withheld.map((family) => standingIn(facts, family)),
      facts,
      at,
    ),
    asOf: at,
  };
}

/** Two families may grant the same feature: the one that is paid for decides, otherwise the first loaded. */
function grantsByFeature(
  standings: readonly FamilyStanding[],
  facts: EntitlementFacts,
  at: Date,
): Map<string, FeatureGrant> {
  const grants = new Map<string, FeatureGrant>();
  for (const standing of standings.toSorted((a, b) => rank(a) - rank(b))) {
    for (const grant of grantsOf(standing, facts, at)) {
      if (!grants.has(grant.feature.key)) grants.set(grant.feature.key, grant);
    }
  }
  return grants;
}

function isVisible(facts: EntitlementFacts, family: string): boolean {
  if (facts.families.length === 0 || facts.families.includes(family)) return true;
  return facts.subscriptions.some((subscription) => subscription.family === family);
}

function standingIn(facts: EntitlementFacts, family: ProductFamily): FamilyStanding {
  const subscription = facts.subscriptions.find((candidate) => candidate.family === family.key) ?? null;
  if (subscription !== null) return standingOf(family, subscription);
  return { family, planVersion: freePlanOf(family) ?? null, subscription: null, access: 'full' };
}

function standingOf(family: ProductFamily, subscription: EntitlingSubscription): FamilyStanding {
  return { family, planVersion: subscription.planVersion, subscription, access: subscription.access };
}

function rank(standing: FamilyStanding): number {
  if (standing.subscription !== null) return 0;
  return standing.planVersion === null ? 2 : 1;
}

function grantsOf(standing: FamilyStanding, facts: EntitlementFacts, at: Date): FeatureGrant[] {
  const { family, planVersion, subscription } = standing;
  const quantities = { clients: facts.activeClientCount, seats: subscription?.seats ?? 0 };
  const entitlements =
    planVersion === null
      ? new Map<string, EffectiveEntitlement>()
      : entitlementsOf({ planVersion, quantities, overrides: facts.overrides, at });
  const bySeat = planVersion === null ? [] : seatFeaturesOf(planVersion);
  const withSeatsToBuy =
    planVersion === null || bySeat.length === 0 || !mayGrow(subscription)
      ? entitlements
      : entitlementsOf({
          planVersion,
          quantities: { ...quantities, seats: subscription.seatsMax },
          overrides: facts.overrides,
          at,
        });
  return family.features.map((feature) => ({
    standing,
    feature,
    meter: family.meters.find((meter) => meter.key === feature.key) ?? null,
    entitlement: (bySeat.includes(feature.key) ? withSeatsToBuy : entitlements).get(feature.key) ?? null,
  }));
}

/** Whether the limit of the feature is the number of seats of a subscription. */
export function isSoldBySeat({ standing, feature }: FeatureGrant): boolean {
  const { planVersion, subscription } = standing;
  if (planVersion === null || subscription === null) return false;
  return seatFeaturesOf(planVersion).includes(feature.key);
}

/** Whether seats beyond those bought may be taken, because somebody agreed that they are bought behind it. */
export function mayGrow(
  subscription: EntitlingSubscription | null,
): subscription is EntitlingSubscription & { seatsMax: number } {
  return subscription?.seatsMax != null && subscription.seatsMax > subscription.seats;
}
