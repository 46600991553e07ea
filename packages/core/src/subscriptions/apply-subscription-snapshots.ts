import { familyUnknown } from '../catalog/catalog.errors.ts';
import type { PaymentFailurePolicy, ProductFamily } from '../catalog/product-family.ts';
import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { type ComparedField, compareFields, differences } from '../shared/compared-field.ts';
import type { IdSource, OrganizationId } from '../shared/ids.ts';
import type { SubscriptionMatch, SyncIssue } from './match-subscriptions.ts';
import { accessOf } from './payment-access.ts';
import {
  subscriptionFields,
  subscriptionFromSnapshot,
  subscriptionWithUnknownPrices,
} from './subscription-from-snapshot.ts';
import type { SubscriptionStatus } from './subscription-snapshot.ts';
import type {
  EntitlementsChanged,
  SubscriptionRecord,
  SubscriptionRepository,
} from './subscriptions.ports.ts';

export interface ApplySubscriptionsDeps {
  subscriptions: SubscriptionRepository;
  entitlementsChanged: EntitlementsChanged;
  audit: AuditLog;
  ids: IdSource;
  families: readonly ProductFamily[];
}

export interface ApplySubscriptionsInput {
  organizationId: OrganizationId;
  actor: Actor;
  matches: readonly SubscriptionMatch[];
  /** When the snapshots were read; decides against what is stored. */
  readAt: Date;
  now: Date;
}

export interface AppliedSubscriptions {
  compared: ComparedField[];
  issues: SyncIssue[];
}

/** Statuses in which a subscription holds the one place of its family. */
const holdingStatuses: ReadonlySet<SubscriptionStatus> = new Set<SubscriptionStatus>([
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
]);

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
  if (differences(applied.compared).length > 0) await deps.entitlementsChanged.notify(input.organizationId);
  return applied;
}

async function applyOne(
  deps: ApplySubscriptionsDeps,
  input: ApplySubscriptionsInput,
  match: SubscriptionMatch,
): Promise<ComparedField[]> {
  const { organizationId, actor, readAt } = input;
  const { local, terms, snapshot } = match;
  if (local !== null && local.stripeSyncedAt > readAt) return [];
  if (local !== null && isEnded(local.status) && !isEnded(snapshot.status)) return [];
  const facts =
    terms !== null
      ? subscriptionFromSnapshot({ ...match, terms }, readAt, deps.ids)
      : local !== null
        ? subscriptionWithUnknownPrices({ ...match, local }, readAt)
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
  { match, facts }: { match: SubscriptionMatch; facts: Omit<SubscriptionRecord, 'access' | 'pastDueSince'> },
): Promise<SubscriptionRecord> {
  const isOverdue = facts.status === 'past_due' || facts.status === 'unpaid';
  const earliest = isOverdue ? await deps.subscriptions.findFailedSince(organizationId, facts.id) : null;
  const latest = match.snapshot.latestInvoice?.failedSince ?? null;
  const pastDueSince = isOverdue ? (firstOf(earliest, latest) ?? match.local?.pastDueSince ?? readAt) : null;
  const policy = policyOf(deps.families, facts.family);
  return { ...facts, pastDueSince, access: accessOf({ status: facts.status, pastDueSince }, policy, now) };
}

/** Live ones beyond the first of their family: the one we serve already stays, else the oldest wins. */
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
  const age = left.snapshot.createdAt.getTime() - right.snapshot.createdAt.getTime();
  if (age !== 0) return age;
  return left.snapshot.stripeSubscriptionId < right.snapshot.stripeSubscriptionId ? -1 : 1;
}

function isServed({ local }: SubscriptionMatch): boolean {
  return local !== null && holdingStatuses.has(local.status);
}

function isHolding({ snapshot, local }: SubscriptionMatch): boolean {
  return holdingStatuses.has(snapshot.status) && (local === null || !isEnded(local.status));
}

/** Ended ones free the place of their family before another one takes it. */
function endedFirst(matches: readonly SubscriptionMatch[]): SubscriptionMatch[] {
  return matches.toSorted((left, right) => Number(isHolding(left)) - Number(isHolding(right)));
}

export function isEnded(status: SubscriptionStatus): boolean {
  return status === 'canceled' || status === 'incomplete_expired';
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
