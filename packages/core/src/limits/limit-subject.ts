import { suggestUpgrade, type UpgradeNeed } from '../catalog/suggest-upgrade.ts';
import type { ClientId } from '../shared/ids.ts';
import { addQuantities, type Quantity } from '../shared/money/quantity.ts';
import type { Period } from '../shared/time/period.ts';
import { ceilingsOf, type DecisionEvidence } from './ceilings.ts';
import { decideLimit, type LimitAccess, type LimitDecision, type LimitQuestion } from './decide-limit.ts';
import { type EntitlementSnapshot, type FeatureGrant, isSoldBySeat } from './entitlement-snapshot.ts';
import { limitWindow, usagePeriod } from './limit-window.ts';
import { featureUnknown } from './limits.errors.ts';
import type { CounterLevels, LimitOperation, ReadLevels, ReceiptTerms } from './limits.ports.ts';

/** One question about one feature, with everything but the counter. */
export interface LimitSubject {
  snapshot: EntitlementSnapshot;
  grant: FeatureGrant;
  at: Date;
  /** When what is decided about counts; absent = now. A reservation counts in the window it was made in. */
  countedAt?: Date;
  operation: LimitOperation;
  quantity: Quantity;
  clientId: ClientId | null;
  subject: string | null;
}

/** The key by which a catalogue limits the number of clients. */
export const clientsFeature = 'clients';

/** @throws FEATURE_UNKNOWN */
export function grantOf(snapshot: EntitlementSnapshot, feature: string): FeatureGrant {
  const grant = snapshot.grants.get(feature);
  if (grant === undefined) throw featureUnknown(feature);
  return grant;
}

/** For what was granted already: also where the family was hidden since. @throws FEATURE_UNKNOWN */
export function settlingGrantOf(snapshot: EntitlementSnapshot, feature: string): FeatureGrant {
  return snapshot.grants.get(feature) ?? snapshot.withheldGrants.get(feature) ?? grantOf(snapshot, feature);
}

export function accessOf(snapshot: EntitlementSnapshot, { standing }: FeatureGrant): LimitAccess {
  if (snapshot.facts.isSuspended || snapshot.facts.isClosed) return 'suspended_by_staff';
  if (standing.planVersion === null) return 'no_subscription';
  return standing.subscription?.status === 'paused' ? 'paused' : standing.access;
}

const served: ReadonlySet<LimitAccess> = new Set(['full', 'restricted']);

/** Whether anything may be used: neither paused, suspended or closed nor without a plan. */
export function isServed(snapshot: EntitlementSnapshot, grant: FeatureGrant): boolean {
  return served.has(accessOf(snapshot, grant));
}

export type SubjectDecision = LimitDecision & { evidence?: DecisionEvidence };

/**
 * Asks the one decision function about the quantity of the subject; `read` knows every total `otherCountersOf` names.
 * The next plan up is looked for only here, where the needed total is known.
 */
export function decideFor(subject: LimitSubject, levels: CounterLevels, read: ReadLevels): SubjectDecision {
  const { ceilings, evidence } = ceilingsOf(subject, read);
  const decision = decideWithin(subject, levels, ceilings);
  return evidence === undefined ? decision : { ...decision, evidence };
}

function decideWithin(
  subject: LimitSubject,
  levels: CounterLevels,
  ceilings: Pick<LimitQuestion, 'clientCap' | 'isBudgetReached'>,
): LimitDecision {
  const { snapshot, grant, quantity: requested } = subject;
  const question: LimitQuestion = {
    ...levels,
    ...ceilings,
    requested,
    entitlement: entitlementOf(grant),
    isClientArchived: subject.clientId !== null && snapshot.facts.archivedClients.has(subject.clientId),
    access: accessOf(snapshot, grant),
  };
  const decision = decideLimit(question);
  if (decision.decision !== 'blocked') return decision;
  const upgrade = suggestUpgrade(grant.standing.family, {
    ...buyerOf(snapshot, grant),
    needed: addQuantities(levels.used, levels.reserved, requested),
  });
  return upgrade === undefined ? decision : decideLimit({ ...question, upgradeTo: upgrade.plan });
}

/** Who would buy the next plan up, and for which feature. */
export function buyerOf(
  snapshot: EntitlementSnapshot,
  grant: FeatureGrant,
): Omit<UpgradeNeed, 'needed' | 'above'> {
  const { planVersion, subscription } = grant.standing;
  return {
    currentPlan: planVersion?.key ?? null,
    feature: grant.feature.key,
    quantities: quantitiesOf(snapshot, grant),
    currency: subscription?.currency ?? snapshot.facts.currency,
  };
}

export function receiptTermsOf(subject: LimitSubject): ReceiptTerms {
  const { snapshot, grant, at, operation, quantity, clientId } = subject;
  const { planVersion } = grant.standing;
  return {
    organizationId: snapshot.facts.organizationId,
    at,
    feature: grant.feature.key,
    operation,
    quantity,
    limit: limitQuantityOf(grant),
    planVersion:
      planVersion === null ? null : `${planVersion.family}/${planVersion.key}/${planVersion.version}`,
    evidence: evidenceOf(subject),
    clientId,
    subject: subject.subject,
  };
}

/** The same rights in the same period say the same: one object, so that it is made and written out once. */
function evidenceOf(subject: LimitSubject): ReceiptTerms['evidence'] {
  const { snapshot, grant } = subject;
  const period = periodOf(subject);
  const last = lastEvidence.get(grant);
  if (last !== undefined && last.snapshot === snapshot && last.start === period.start.getTime())
    return last.evidence;
  const evidence = makeEvidence(subject, period);
  lastEvidence.set(grant, { snapshot, start: period.start.getTime(), evidence });
  return evidence;
}

const lastEvidence = new WeakMap<
  FeatureGrant,
  { snapshot: EntitlementSnapshot; start: number; evidence: ReceiptTerms['evidence'] }
>();

function makeEvidence({ snapshot, grant }: LimitSubject, period: Period): ReceiptTerms['evidence'] {
  const { subscription } = grant.standing;
  return {
    family: grant.standing.family.key,
    access: accessOf(snapshot, grant),
    subscriptionStatus: subscription?.status ?? null,
    onLimit: grant.entitlement !== null && 'onLimit' in grant.entitlement ? grant.entitlement.onLimit : null,
    overrides: grant.entitlement?.overrideIds ?? [],
    periodStart: period.start.toISOString(),
    quantities: quantitiesOf(snapshot, grant),
    ...(isSoldBySeat(grant) && { seatsMax: grant.standing.subscription?.seatsMax ?? null }),
    entitlementsAsOf: snapshot.asOf.toISOString(),
  };
}

function periodOf(subject: LimitSubject): Period {
  const { grant, at } = subject;
  return grant.meter === null ? usagePeriod(grant.standing, at) : windowOf(subject);
}

/** The window of a metered feature that the subject counts in. */
export function windowOf({ snapshot, grant, at, countedAt }: LimitSubject): Period {
  return limitWindow(grant, snapshot.facts.timeZone, countedAt ?? at);
}

/** null = unlimited, or a feature without a quantity. */
export function limitQuantityOf({ entitlement }: FeatureGrant): Quantity | null {
  if (entitlement === null || !('limit' in entitlement)) return null;
  return entitlement.limit.kind === 'limited' ? entitlement.limit.quantity : null;
}

/** What limits of this organization grow with. */
export function quantitiesOf({ facts }: EntitlementSnapshot, { standing }: FeatureGrant) {
  return { clients: facts.activeClientCount, seats: standing.subscription?.seats ?? 0 };
}

function entitlementOf({ entitlement, feature, standing }: FeatureGrant): LimitQuestion['entitlement'] {
  if (entitlement !== null) return entitlement;
  const onUnavailable = standing.family.onUnavailable ?? 'closed';
  return { kind: 'missing', feature: feature.key, onUnavailable };
}

/** Whether we count the level ourselves, so that nobody may report, take or give it back. */
export function isCountedHere({ feature }: Pick<FeatureGrant, 'feature'>): boolean {
  return feature.key === clientsFeature;
}

/**
 * The level of a feature that does not reset. Clients are counted from the list of active ones, which nobody has to
 * report; every other level is what the platform says.
 */
export function allocatedLevel(
  { facts }: EntitlementSnapshot,
  grant: Pick<FeatureGrant, 'feature'>,
  reported: Quantity,
): Quantity {
  return isCountedHere(grant) ? String(facts.activeClientCount) : reported;
}
