import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { MessageType, OutgoingMessage } from '../../shared/outgoing-messages.ts';
import { hasStarted, isLive } from '../../subscriptions/subscription-status.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';

/** One subscription before and after; `before` is null when it was not known. */
export interface SubscriptionStep {
  before: SubscriptionRecord | null;
  after: SubscriptionRecord;
}

/**
 * What has to be told about a step, derived from the two states alone, so that it does not matter which event, sweep or
 * click led to it. `mark` names the step: the same one again is the same messages.
 */
export function subscriptionMessages(
  { before, after }: SubscriptionStep,
  told: { organizationId: OrganizationId; mark: string; at: Date },
): OutgoingMessage[] {
  const { organizationId, mark, at: occurredAt } = told;
  const data = { subscription: subscriptionData(after) };
  return typesOf({ before, after }).map((type) => ({
    organizationId,
    type,
    fact: `${type}:${after.id}:${mark}`,
    data,
    occurredAt,
  }));
}

function typesOf(step: SubscriptionStep): MessageType[] {
  const turn = turnOf(step);
  const types: MessageType[] = turn === null ? (isChanged(step) ? ['subscription.changed'] : []) : [turn];
  const processing = processingOf(step);
  if (processing !== null) types.push(processing);
  if (isEntitlingOtherwise(step)) types.push('entitlements.changed');
  return types;
}

function turnOf({ before, after }: SubscriptionStep): MessageType | null {
  if (isServed(after)) return before !== null && isServed(before) ? null : 'subscription.activated';
  if (isOverdue(after)) return before !== null && isOverdue(before) ? null : 'subscription.past_due';
  const hasEnded = !isLive(after.status) && before !== null && hasStarted(before.status);
  return hasEnded ? 'subscription.canceled' : null;
}

/** Of interest while it runs; a new period alone is no change. */
function isChanged({ before, after }: SubscriptionStep): boolean {
  if (before === null || !hasStarted(before.status) || !hasStarted(after.status)) return false;
  return JSON.stringify(changeable(before)) !== JSON.stringify(changeable(after));
}

/** The end of a subscription is told as such. One that waits for its first payment never ran. */
function processingOf({ before, after }: SubscriptionStep): MessageType | null {
  if (before === null || !hasStarted(before.status) || !hasStarted(after.status)) return null;
  if ((before.access === 'suspended') === (after.access === 'suspended')) return null;
  return after.access === 'suspended' ? 'processing.paused' : 'processing.resumed';
}

function isEntitlingOtherwise({ before, after }: SubscriptionStep): boolean {
  return JSON.stringify(before && entitling(before)) !== JSON.stringify(entitling(after));
}

function isServed({ status }: SubscriptionRecord): boolean {
  return status === 'active' || status === 'trialing';
}

function isOverdue({ status }: SubscriptionRecord): boolean {
  return status === 'past_due' || status === 'unpaid';
}

function entitling(subscription: SubscriptionRecord) {
  if (!hasStarted(subscription.status)) return null;
  const { family, plan, planVersion, access } = subscription;
  return { family, plan, planVersion, access, items: itemsOf(subscription) };
}

function changeable(subscription: SubscriptionRecord) {
  const { status, interval, trialEnd, cancelAt } = subscription;
  const { access: _told, ...terms } = entitling(subscription) ?? { access: null };
  return { ...terms, status, interval, trialEnd, cancelAt, scheduledChange: scheduledOf(subscription) };
}

function itemsOf({ items }: SubscriptionRecord) {
  return items
    .map(({ kind, priceKey, quantity }) => ({ kind, priceKey, quantity }))
    .toSorted((left, right) => (left.priceKey < right.priceKey ? -1 : 1));
}

function scheduledOf({ scheduledChange }: SubscriptionRecord) {
  if (scheduledChange === null) return null;
  const { plan, interval, quantity, at } = scheduledChange;
  return { plan, interval, quantity, at: at.toISOString() };
}

/** The public form; no amounts, because any receiver of facts may see it. */
function subscriptionData(subscription: SubscriptionRecord) {
  const { family, plan, planVersion, interval, currency, status, access } = subscription;
  return {
    id: toPublicId('subscription', subscription.id),
    family,
    plan,
    planVersion,
    interval,
    currency,
    status,
    access,
    currentPeriod: {
      start: subscription.currentPeriodStart.toISOString(),
      end: subscription.currentPeriodEnd.toISOString(),
    },
    trialEnd: subscription.trialEnd?.toISOString() ?? null,
    cancelAt: subscription.cancelAt?.toISOString() ?? null,
    pastDueSince: subscription.pastDueSince?.toISOString() ?? null,
    items: itemsOf(subscription),
    scheduledChange: scheduledOf(subscription),
  };
}
