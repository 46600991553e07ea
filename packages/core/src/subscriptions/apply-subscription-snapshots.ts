import { familyUnknown } from '../catalog/catalog.errors.ts';
import type { PaymentFailurePolicy, ProductFamily } from '../catalog/product-family.ts';
import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type ComparedField, compareFields, differences } from '../shared/compared-field.ts';
import type { IdSource, OrganizationId } from '../shared/ids.ts';
import type { SubscriptionMatch, SyncIssue } from './match-subscriptions.ts';
import { overdueSince, paymentStanding } from './payment-ladder.ts';
import {
  subscriptionFields,
  subscriptionFromSnapshot,
  subscriptionWithUnknownPrices,
} from './subscription-from-snapshot.ts';
import type { Access, SubscriptionStatus } from './subscription-snapshot.ts';
import { canMoveTo, hasStarted, isLive } from './subscription-status.ts';
import type { SubscriptionRecord, SubscriptionRepository } from './subscriptions.ports.ts';
import { compareSubscriptions } from './supersede.ts';
import { type RecordTermsTx, recordTerms } from './terms/record-terms.ts';

export interface ApplySubscriptionsDeps extends RecordTermsTx {
  subscriptions: SubscriptionRepository;
  audit: AuditLog;
  ids: IdSource;
  families: readonly ProductFamily[];
}

export interface ApplySubscriptionsInput {
  organizationId: OrganizationId;
  actor: Actor;
  matches: readonly SubscriptionMatch[];
  /** When the snapshots were read. */
  readAt: Date;
  /** Number of the reading; decides against what is stored. */
  reading: bigint;
  now: Date;
}

export interface AppliedSubscriptions {
  compared: ComparedField[];
  issues: SyncIssue[];
}

/**
 * Makes our rows equal to all of the customer's subscriptions as they were read (R8): a canceled one never comes
 * back, a superseded one never moves the current one of its family, and the order of events does not matter because
 * every reading brings all of them. Runs inside the transaction that holds the organization's lock.
 */
export async function applySubscriptionSnapshots(
  deps: ApplySubscriptionsDeps,
  input: ApplySubscriptionsInput,
): Promise<AppliedSubscriptions> {
  const applied: AppliedSubscriptions = { compared: [], issues: [] };
  const superfluous = superfluousOf(input.matches);
  for (const match of endedFirst(input.matches)) {
    if (superfluous.has(match)) {
      applied.issues.push(issue('SUBSCRIPTION_DUPLICATE_LIVE', match));
    } else {
      if (match.terms === null) applied.issues.push(issue('SUBSCRIPTION_PRICE_UNKNOWN', match));
      applied.compared.push(...(await applyOne(deps, input, match)));
    }
  }
  return applied;
}

async function applyOne(
  deps: ApplySubscriptionsDeps,
  input: ApplySubscriptionsInput,
  match: SubscriptionMatch,
): Promise<ComparedField[]> {
  const { organizationId, actor, readAt, reading } = input;
  const { local, terms, snapshot } = match;
  if (local !== null && local.reading > reading) return [];
  if (local !== null && !canMoveTo(local.status, snapshot.status)) return [];
  const facts =
    terms !== null
      ? subscriptionFromSnapshot({ ...match, terms }, { readAt, reading }, deps.ids)
      : local !== null
        ? subscriptionWithUnknownPrices({ ...match, local }, { readAt, reading })
        : null;
  if (facts === null) return [];
  const next = await withAccess(deps, input, { match, facts });
  const compared = compareFields(
    `subscription ${snapshot.stripeSubscriptionId}`,
    local === null ? null : subscriptionFields(local),
    subscriptionFields(next),
  );
  const changes = differences(compared);
  await deps.subscriptions.save(organizationId, next);
  const { metadata } = snapshot;
  await recordTerms(deps, { organizationId, before: local, record: next, metadata, readAt });
  if (changes.length > 0) {
    await deps.audit.append({
      organizationId,
      actor,
      action: local === null ? 'subscription.started' : 'subscription.changed',
      target: { kind: 'subscription', id: next.id },
      before: Object.fromEntries(changes.map(({ field, local: before }) => [field, before])),
      after: Object.fromEntries(changes.map(({ field, remote: after }) => [field, after])),
    });
  }
  return compared;
}

async function withAccess(
  deps: ApplySubscriptionsDeps,
  { organizationId, now, readAt }: ApplySubscriptionsInput,
  {
    match,
    facts,
  }: { match: SubscriptionMatch; facts: Omit<SubscriptionRecord, 'access' | 'pastDueSince' | 'graceDays'> },
): Promise<SubscriptionRecord> {
  const isOverdue = facts.status === 'past_due' || facts.status === 'unpaid';
  const earliest = isOverdue ? await deps.subscriptions.findFailedSince(organizationId, facts.id) : null;
  const latest = match.snapshot.latestInvoice?.failedSince ?? null;
  const pastDueSince = isOverdue
    ? (firstOf(earliest, latest) ?? match.local?.pastDueSince ?? readAt)
    : facts.status === 'active'
      ? await deps.subscriptions.findUsageFailedSince(organizationId, facts.id)
      : null;
  const policy = policyOf(deps.families, facts.family);
  const graceDays = pastDueSince === null ? 0 : (match.local?.graceDays ?? 0);
  return {
    ...facts,
    pastDueSince,
    graceDays,
    access: accessOf(facts.status, () => {
      const since = overdueSince({ pastDueSince, graceDays });
      return since === null ? 'full' : paymentStanding(policy, since, now).access;
    }),
  };
}

/** Nothing was paid yet, the trial is over without a card, or the end has come: then there is nothing to use. */
function accessOf(status: SubscriptionStatus, whileOverdue: () => Access): Access {
  if (status === 'trialing') return 'full';
  // Active ones too: Stripe knows nothing of the subscription that an unpaid usage invoice belongs to.
  return status === 'active' || status === 'past_due' || status === 'unpaid' ? whileOverdue() : 'suspended';
}

/** Live ones beyond the first of their family: the one we serve already stays, else the younger. */
function superfluousOf(matches: readonly SubscriptionMatch[]): ReadonlySet<SubscriptionMatch> {
  const holders = new Map<string, SubscriptionMatch>();
  const superfluous = new Set<SubscriptionMatch>();
  for (const match of matches.filter(isHolding).toSorted(byPrecedence)) {
    const family = match.terms?.plan.family ?? match.local?.family;
    if (family === undefined) continue;
    if (holders.has(family)) superfluous.add(match);
    else holders.set(family, match);
  }
  return superfluous;
}

function byPrecedence(left: SubscriptionMatch, right: SubscriptionMatch): number {
  const served = Number(isServed(right)) - Number(isServed(left));
  if (served !== 0) return served;
  return compareSubscriptions(left.snapshot, right.snapshot);
}

function isServed({ local }: SubscriptionMatch): boolean {
  return local !== null && hasStarted(local.status);
}

function isHolding({ snapshot, local }: SubscriptionMatch): boolean {
  return hasStarted(snapshot.status) && (local === null || isLive(local.status));
}

/** Ended ones free the place of their family before another one takes it. */
function endedFirst(matches: readonly SubscriptionMatch[]): SubscriptionMatch[] {
  return matches.toSorted((left, right) => Number(isHolding(left)) - Number(isHolding(right)));
}

/** Over for good: canceled, or expired before its first payment. */
export function isEnded(status: SubscriptionStatus): boolean {
  return !isLive(status);
}

function firstOf(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
}

function policyOf(families: readonly ProductFamily[], key: string): PaymentFailurePolicy {
  const family = families.find((candidate) => candidate.key === key);
  if (family === undefined) throw familyUnknown(key);
  return family.paymentFailure;
}

function issue(code: SyncIssue['code'], { snapshot }: SubscriptionMatch): SyncIssue {
  return { code, stripeId: snapshot.stripeSubscriptionId };
}
