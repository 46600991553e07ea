import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import { hasStarted, isLive } from '../subscription-status.ts';
import type { SubscriptionRecord } from '../subscriptions.ports.ts';

/** What decides the price of usage, from an instant until the next row of the subscription. */
export interface SubscriptionTerms {
  subscriptionId: SubscriptionId;
  effectiveAt: Date;
  plan: string;
  planVersion: number;
  currency: string;
  billingAnchor: Date;
  /** Seats bought and active clients: included quantities grow with them. */
  seats: number;
  clients: number;
  /** False while nothing is charged for usage: on trial, or before the first payment. */
  isBillable: boolean;
  /** Nothing is renewed, so no invoice comes at the end of a month. */
  isPaused: boolean;
}

export interface SubscriptionTermsRepository {
  /** Oldest first. */
  list(organizationId: OrganizationId, subscriptionId: SubscriptionId): Promise<SubscriptionTerms[]>;
  /** Adds what is in force from an instant; a second change at the same instant replaces the first. */
  save(organizationId: OrganizationId, terms: SubscriptionTerms & { recordedAt: Date }): Promise<void>;
}

/** What the mirror says now, as terms from `effectiveAt`. */
export function termsOf(
  record: SubscriptionRecord,
  { clients, effectiveAt }: { clients: number; effectiveAt: Date },
): SubscriptionTerms {
  const seats = record.items.find(({ kind }) => kind === 'seat')?.quantity ?? '0';
  return {
    subscriptionId: record.id,
    effectiveAt,
    plan: record.plan,
    planVersion: record.planVersion,
    currency: record.currency,
    billingAnchor: record.billingAnchor,
    seats: Number(seats),
    clients,
    isBillable: hasStarted(record.status) && record.status !== 'trialing',
    isPaused: record.pausedAt !== null,
  };
}

/** The first terms of a subscription begin with its first period, which Stripe may date before the subscription. */
export function firstTermsOf(record: SubscriptionRecord, clients: number): SubscriptionTerms {
  const { createdAt, billingAnchor } = record;
  const terms = termsOf(record, {
    clients,
    effectiveAt: new Date(Math.min(billingAnchor.getTime(), createdAt.getTime())),
  });
  // One that has ended had been charged for.
  return isLive(record.status) ? terms : { ...terms, isBillable: true };
}

export interface ObservedChange {
  /** The row before this reading. */
  before: SubscriptionRecord | null;
  record: SubscriptionRecord;
  clients: number;
  /** When it was read at Stripe. */
  readAt: Date;
  /** What whoever made the change wrote down as its instant; null = nobody did. */
  announcedAt: Date | null;
}

/**
 * The rows to add after a reading; none when the terms are those in force. Nobody tells when a subscription changed,
 * so the instant is the first of these that lies after the last known change: a new anchor, the end of the trial, a
 * change that was scheduled, the instant written down with the change, the begin of a pause, the reading.
 */
export function newTerms(known: readonly SubscriptionTerms[], change: ObservedChange): SubscriptionTerms[] {
  const { before, record, clients } = change;
  if (!hasStarted(record.status)) return [];
  const history =
    known.length === 0 && before !== null && hasStarted(before.status) ? [firstTermsOf(before, clients)] : [];
  const last = known.at(-1) ?? history[0];
  if (last === undefined) return [firstTermsOf(record, clients)];
  const next = termsOf(record, { clients, effectiveAt: effectiveAt(last, change) });
  return isSame(last, next) ? [] : [...history, next];
}

function effectiveAt(last: SubscriptionTerms, { before, record, readAt, announcedAt }: ObservedChange): Date {
  const scheduled = before?.scheduledChange ?? null;
  const isScheduled = scheduled?.plan === record.plan && scheduled.planVersion === record.planVersion;
  const isOtherPlan = last.plan !== record.plan || last.planVersion !== record.planVersion;
  const candidates = [
    isEqual(record.billingAnchor, last.billingAnchor) ? null : record.billingAnchor,
    last.isBillable ? null : record.trialEnd,
    isScheduled ? scheduled.at : null,
    isOtherPlan ? announcedAt : null,
    last.isPaused ? null : record.pausedAt,
  ];
  const found = candidates.find((at) => at !== null && last.effectiveAt < at && at <= readAt);
  return found ?? (readAt < last.effectiveAt ? last.effectiveAt : readAt);
}

function isSame(left: SubscriptionTerms, right: SubscriptionTerms): boolean {
  return (
    left.plan === right.plan &&
    left.planVersion === right.planVersion &&
    left.currency === right.currency &&
    isEqual(left.billingAnchor, right.billingAnchor) &&
    left.seats === right.seats &&
    left.clients === right.clients &&
    left.isBillable === right.isBillable &&
    left.isPaused === right.isPaused
  );
}

function isEqual(left: Date, right: Date): boolean {
  return left.getTime() === right.getTime();
}
