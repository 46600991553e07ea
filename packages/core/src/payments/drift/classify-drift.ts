import { billFields } from '../../invoices/final-bill.ts';
import { type ComparedField, differences } from '../../shared/compared-field.ts';
import type { DriftKind } from '../../shared/drift-kinds.ts';
import type { SyncIssue } from '../../subscriptions/match-subscriptions.ts';
import { scopeOfEvent } from '../sync-scope.ts';

/** What is under way about one organization, and may explain a difference. */
export interface InFlight {
  events: readonly { name: string; type: string; objectId: string | null; isGivenUp: boolean }[];
  messages: readonly { name: string; stripeSubscriptionId: string | null; isGivenUp: boolean }[];
  /** A person buys or changes something at this moment: Stripe knows and we do not yet. */
  isChanging: boolean;
}

export interface ClassifiedDrift {
  /** For example `subscription sub_123`. */
  object: string;
  kind: DriftKind;
  fields: { field: string; local: string | null; remote: string | null }[];
  /** What explains it: the id of an event, the key of a message. */
  cause: string | null;
}

export interface DriftFacts {
  compared: readonly ComparedField[];
  issues: readonly SyncIssue[];
  /** What we hold as running and Stripe does not list. */
  absent: readonly string[];
}

/** Set by a decision; Stripe never moves them by itself except where `movedByItself` says so. */
const terms = new Set([
  ...['plan', 'interval', 'currency', 'items', 'discounts', 'cancelAt', 'isCancelAtPeriodEnd'],
  ...['trialEnd', 'collectionPause', 'scheduledChange', 'billingAnchor'],
]);
/** Follow from payments and time. */
const moving = new Set([
  ...[
    'status',
    'currentPeriodStart',
    'currentPeriodEnd',
    'canceledAt',
    'endedAt',
    'pastDueSince',
    'actionUrl',
  ],
]);
const movingOf: Readonly<Record<string, ReadonlySet<string>>> = {
  invoice: new Set([
    ...['stripeInvoiceId', 'number', 'status', 'subscription', 'billingReason', 'periodStart', 'periodEnd'],
    ...[
      'amountDueMinor',
      'amountPaidMinor',
      'amountRemainingMinor',
      'issuedAt',
      'dueAt',
      'paidAt',
      'voidedAt',
    ],
    ...['attemptCount', 'nextAttemptAt', 'lastFailure', 'stripeCreatedAt', 'refundedMinor'],
  ]),
  payment_method: new Set(['brand', 'last4', 'expires', 'isDefault', 'isAttached']),
  credit_note: new Set(['number', 'status', 'amountMinor', 'currency']),
  checkout_session: new Set(['status']),
};

/**
 * Why each object differs. Money comes first, because it is never repaired by itself; then what is under way, because
 * it explains everything else; then whether somebody decided, or time went by.
 */
export function classifyDrift(
  facts: DriftFacts,
  { inFlight, now }: { inFlight: InFlight; now: Date },
): ClassifiedDrift[] {
  const found: ClassifiedDrift[] = [];
  for (const [object, all] of byObject(facts.compared)) {
    const differing = differences(all);
    if (differing.length === 0) continue;
    const fields = differing.map(({ field, local, remote }) => ({ field, local, remote }));
    found.push({ object, fields, ...reasonOf({ object, all, differing, inFlight, now }) });
  }
  for (const object of facts.absent) {
    const fields = [{ field: 'exists', local: 'true', remote: 'false' }];
    found.push({ object, fields, kind: 'missing_at_stripe', cause: null });
  }
  for (const { code, stripeId } of facts.issues) {
    const fields = [{ field: 'problem', local: null, remote: code }];
    found.push({ object: `subscription ${stripeId}`, fields, kind: 'unmapped', cause: null });
  }
  return found;
}

interface Difference {
  object: string;
  all: readonly ComparedField[];
  differing: readonly ComparedField[];
  inFlight: InFlight;
  now: Date;
}

function reasonOf(difference: Difference): { kind: DriftKind; cause: string | null } {
  if (changesBill(difference)) return { kind: 'money', cause: null };
  const waiting = explanation(difference, false);
  if (waiting !== null) return { kind: 'expected_lag', cause: waiting };
  const lost = explanation(difference, true);
  if (lost !== null) return { kind: 'given_up', cause: lost };
  return { kind: kindOf(difference), cause: null };
}

function kindOf(difference: Difference): DriftKind {
  const { object, all, differing } = difference;
  if (isMissingHere(all)) return 'missing_here';
  const names = differing.map(({ field }) => field);
  if (!object.startsWith('subscription ')) {
    const known = movingOf[object.split(' ', 1)[0] ?? ''];
    return names.every((name) => known?.has(name) || isDraftsBill(difference, name)) ? 'stale' : 'unknown';
  }
  if (names.some((name) => !terms.has(name) && !moving.has(name) && name !== 'access')) return 'unknown';
  if (names.every((name) => name === 'access' || name === 'pastDueSince')) return 'derived';
  return isDecided(difference) ? 'changed_at_stripe' : 'stale';
}

/** A change of terms, an end or a pause that neither a date nor an unpaid bill brought about. */
function isDecided(difference: Difference): boolean {
  if (tookEffect(difference)) return false;
  if (difference.differing.some(({ field }) => terms.has(field))) return true;
  const status = difference.differing.find(({ field }) => field === 'status');
  if (status?.remote === 'canceled') return !unpaid.has(status.local ?? '');
  return status?.remote === 'paused' || status?.local === 'paused';
}

const unpaid: ReadonlySet<string> = new Set(['past_due', 'unpaid', 'incomplete']);

/** What was agreed for a date that has come: the end, the change of plan, the end of a trial or a discount. */
function tookEffect({ all, now }: Difference): boolean {
  const local = (name: string) => all.find(({ field }) => field === name)?.local ?? null;
  const remote = (name: string) => all.find(({ field }) => field === name)?.remote ?? null;
  const hasCome = (at: string | null) => at !== null && new Date(at).getTime() <= now.getTime();
  const changeAt = local('scheduledChange')?.split(' at ').at(-1) ?? null;
  if (hasCome(local('cancelAt')) && remote('status') === 'canceled') return true;
  if (hasCome(changeAt) && remote('scheduledChange') === null) return true;
  // A discount that ran out leaves the others as they are.
  const isOnlyDiscount = all.every(({ field, equal }) => equal || field === 'discounts' || !terms.has(field));
  const ended = (local('discounts') ?? '').split(', ').filter((one) => hasCome(one.split(' ')[1] || null));
  return isOnlyDiscount && ended.length > 0;
}

/** The bill of an invoice that was final when we last read it, and is final there: one copy must be wrong. */
function changesBill({ object, all, differing }: Difference): boolean {
  if (object.startsWith('credit_note ')) {
    return (
      !isMissingHere(all) && differing.some(({ field }) => field === 'amountMinor' || field === 'currency')
    );
  }
  if (!object.startsWith('invoice ') || isMissingHere(all) || isLocalDraft(all)) return false;
  return differing.some(({ field }) => billFields.has(field));
}

function isDraftsBill({ object, all }: Difference, field: string): boolean {
  return object.startsWith('invoice ') && isLocalDraft(all) && billFields.has(field);
}

function isLocalDraft(all: readonly ComparedField[]): boolean {
  return all.some(({ field, local }) => field === 'status' && local === 'draft');
}

/** An object we do not have compares every field with nothing. */
function isMissingHere(all: readonly ComparedField[]): boolean {
  return all.every(({ equal, local }) => !equal && local === null);
}

/** Whether something that waits, or was given up, is about this object. */
function explanation({ object, inFlight }: Difference, isGivenUp: boolean): string | null {
  const event = inFlight.events.find((one) => one.isGivenUp === isGivenUp && concerns(one, object));
  if (event !== undefined) return event.name;
  const message = inFlight.messages.find(
    ({ stripeSubscriptionId, ...one }) =>
      one.isGivenUp === isGivenUp && object === `subscription ${stripeSubscriptionId}`,
  );
  if (message !== undefined) return message.name;
  return !isGivenUp && inFlight.isChanging ? 'a change that is being made' : null;
}

function concerns({ type, objectId }: InFlight['events'][number], object: string): boolean {
  const scope = scopeOfEvent(type, objectId);
  const [kind = '', id = ''] = object.split(' ');
  if (scope === null) return false;
  if (kind === 'subscription') return scope.subscriptions === true;
  if (kind === 'payment_method') return scope.paymentMethods === true;
  if (kind === 'credit_note') return scope.creditNotes?.includes(id) === true;
  return Array.isArray(scope.invoices) && scope.invoices.includes(id);
}

function byObject(compared: readonly ComparedField[]): Map<string, ComparedField[]> {
  const objects = new Map<string, ComparedField[]>();
  for (const field of compared) objects.set(field.object, [...(objects.get(field.object) ?? []), field]);
  return objects;
}
