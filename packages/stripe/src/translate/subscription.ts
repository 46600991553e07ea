import type {
  BillingInterval,
  ScheduledItem,
  SubscriptionItemSnapshot,
  SubscriptionSnapshot,
  SubscriptionStatus,
} from '@metergate/core/subscriptions/subscription-snapshot';
import type Stripe from 'stripe';
import { discountsFromStripe } from './discount.ts';
import { runningPriceOf } from './running-price.ts';
import {
  currencyFromStripe,
  idOf,
  instantFromStripe,
  oneOf,
  requireInstant,
  shapeUnknown,
} from './values.ts';

/** What must be expanded for `subscriptionFromStripe` to see everything it maps. */
export const subscriptionExpansion = [
  'latest_invoice',
  'latest_invoice.payments',
  'schedule',
  'schedule.phases.items.price',
  'discounts',
  'discounts.source.coupon',
];

const statuses: readonly SubscriptionStatus[] = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
];

const collectionBehaviors = ['keep_as_draft', 'mark_uncollectible', 'void'] as const;

/** Throws STRIPE_VALUE_UNKNOWN for a status, item or period that this version does not know. */
export function subscriptionFromStripe(subscription: Stripe.Subscription): SubscriptionSnapshot {
  const items = subscription.items.data.map(itemFromStripe);
  if (items.length === 0) throw shapeUnknown('subscription.items', 'none');
  const schedule = typeof subscription.schedule === 'object' ? subscription.schedule : null;
  return {
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: requireId(idOf(subscription.customer), 'subscription.customer'),
    isLive: subscription.livemode,
    status: oneOf(statuses, subscription.status, 'subscription.status'),
    currency: currencyFromStripe(subscription.currency),
    items,
    createdAt: requireInstant(subscription.created, 'subscription.created'),
    billingAnchor: requireInstant(subscription.billing_cycle_anchor, 'subscription.billing_cycle_anchor'),
    periodStart: new Date(Math.min(...items.map((item) => item.periodStart.getTime()))),
    periodEnd: new Date(Math.max(...items.map((item) => item.periodEnd.getTime()))),
    trialEnd: instantFromStripe(subscription.trial_end),
    cancelAt: instantFromStripe(subscription.cancel_at),
    isCancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: instantFromStripe(subscription.canceled_at),
    endedAt: instantFromStripe(subscription.ended_at),
    pausedAt: instantFromStripe(subscription.status_details?.paused?.transitioned_at ?? null),
    collectionPause: collectionPauseFromStripe(subscription.pause_collection),
    stripeScheduleId:
      schedule === null || isScheduleOver(schedule) ? scheduleIdOf(subscription) : schedule.id,
    scheduledChange: schedule === null ? null : nextPhase(schedule),
    discounts: discountsFromStripe(subscription.discounts, currencyFromStripe(subscription.currency)),
    stripeDefaultPaymentMethodId: idOf(subscription.default_payment_method),
    latestInvoice: latestInvoice(subscription.latest_invoice),
    metadata: subscription.metadata,
  };
}

function collectionPauseFromStripe(
  pause: Stripe.Subscription['pause_collection'],
): SubscriptionSnapshot['collectionPause'] {
  if (pause === null) return null;
  return {
    behavior: oneOf(collectionBehaviors, pause.behavior, 'subscription.pause_collection.behavior'),
    resumesAt: instantFromStripe(pause.resumes_at),
  };
}

function itemFromStripe(item: Stripe.SubscriptionItem): SubscriptionItemSnapshot {
  const { price } = item;
  const quantity = item.quantity;
  if (quantity !== undefined && (!Number.isSafeInteger(quantity) || quantity < 0)) {
    throw shapeUnknown('subscription_item.quantity', String(quantity));
  }
  const isMetered = price.recurring?.usage_type === 'metered';
  return {
    stripeItemId: item.id,
    stripePriceId: price.id,
    priceKey: priceKeyOf(price),
    quantity: isMetered || quantity === undefined ? null : String(quantity),
    isMetered,
    interval: intervalOf(price),
    running: runningPriceOf(item),
    periodStart: requireInstant(item.current_period_start, 'subscription_item.current_period_start'),
    periodEnd: requireInstant(item.current_period_end, 'subscription_item.current_period_end'),
  };
}

/** The catalogue's key: the metadata never moves, while a lookup key can be transferred to another price. */
export function priceKeyOf(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>): string | null {
  return price.metadata?.metergate_price ?? price.lookup_key ?? null;
}

function intervalOf(price: Stripe.Price): BillingInterval | null {
  if (price.recurring === null || price.recurring.interval_count !== 1) return null;
  return (['month', 'year'] as const).find((known) => known === price.recurring?.interval) ?? null;
}

function isScheduleOver(schedule: Stripe.SubscriptionSchedule): boolean {
  return schedule.status !== 'active' && schedule.status !== 'not_started';
}

function scheduleIdOf(subscription: Stripe.Subscription): string | null {
  return typeof subscription.schedule === 'string' ? subscription.schedule : null;
}

function nextPhase(schedule: Stripe.SubscriptionSchedule): SubscriptionSnapshot['scheduledChange'] {
  if (isScheduleOver(schedule)) return null;
  const current = schedule.current_phase?.end_date ?? null;
  if (current === null) return null;
  const phase = schedule.phases.find((candidate) => candidate.start_date >= current);
  if (phase === undefined) return null;
  return {
    at: requireInstant(phase.start_date, 'schedule.phase.start_date'),
    items: phase.items.map(scheduledItem),
  };
}

function scheduledItem(item: Stripe.SubscriptionSchedule.Phase.Item): ScheduledItem {
  const { price } = item;
  const expanded = typeof price === 'object' && !('deleted' in price && price.deleted) ? price : null;
  return {
    stripePriceId: requireId(idOf(price), 'schedule.phase.item.price'),
    priceKey: expanded === null ? null : priceKeyOf(expanded as Stripe.Price),
    quantity: item.quantity === undefined ? null : String(item.quantity),
  };
}

function latestInvoice(
  reference: Stripe.Subscription['latest_invoice'],
): SubscriptionSnapshot['latestInvoice'] {
  if (reference === null || typeof reference === 'string') return null;
  const isOpen = reference.status === 'open';
  const hasFailed = isOpen && reference.attempt_count > 0;
  return {
    stripeInvoiceId: requireId(reference.id ?? null, 'latest_invoice.id'),
    isOpen,
    // The first attempt follows finalization at once; Stripe keeps no instant of the attempt itself.
    failedSince: hasFailed ? instantFromStripe(reference.status_transitions.finalized_at) : null,
    hostedUrl: reference.hosted_invoice_url ?? null,
    requiresAction: isOpen && requiresAction(reference),
  };
}

/** True while a payment of the invoice waits for the customer's bank. */
export function requiresAction(invoice: Stripe.Invoice): boolean {
  return (invoice.payments?.data ?? []).some(({ payment }) => {
    const intent = payment.payment_intent;
    return typeof intent === 'object' && intent !== null && intent.status === 'requires_action';
  });
}

function requireId(id: string | null, field: string): string {
  if (id === null) throw shapeUnknown(field, 'absent');
  return id;
}
