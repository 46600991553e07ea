import { parseLookupKey } from '../catalog/lookup-key.ts';
import type { ComparableFields } from '../shared/compared-field.ts';
import type { IdSource } from '../shared/ids.ts';
import type { SubscriptionMatch } from './match-subscriptions.ts';
import type { Access } from './subscription-snapshot.ts';
import type { ScheduledChange, SubscriptionItemRecord, SubscriptionRecord } from './subscriptions.ports.ts';

/** Which look at Stripe the facts are from. */
interface Reading {
  readAt: Date;
  reading: bigint;
}

/** The row as it must be after this reading; everything but the access, which follows from it. */
export function subscriptionFromSnapshot(
  match: SubscriptionMatch & { terms: NonNullable<SubscriptionMatch['terms']> },
  reading: Reading,
  ids: IdSource,
): Omit<SubscriptionRecord, 'access' | 'pastDueSince' | 'graceDays'> {
  const { snapshot, local, id, terms } = match;
  return {
    id,
    family: terms.plan.family,
    plan: terms.plan.key,
    planVersion: terms.plan.version,
    interval: terms.interval,
    ...factsOf(match, reading),
    scheduledChange: scheduledChangeOf(match),
    createdAt: snapshot.createdAt,
    items: snapshot.items.map((item): SubscriptionItemRecord => {
      const priceKey = item.priceKey ?? '';
      const component = parseLookupKey(priceKey)?.component;
      const known = local?.items.find(({ stripeItemId }) => stripeItemId === item.stripeItemId);
      return {
        id: known?.id ?? ids.next(),
        priceKey,
        stripeItemId: item.stripeItemId,
        stripePriceId: item.stripePriceId,
        quantity: item.quantity,
        kind: terms.plan.prices.find(({ key }) => key === component)?.kind ?? 'base',
        running: item.running,
      };
    }),
  };
}

/** As `subscriptionFromSnapshot` when the prices are unknown: state and times move, plan and items stay. */
export function subscriptionWithUnknownPrices(
  match: SubscriptionMatch & { local: SubscriptionRecord },
  reading: Reading,
): Omit<SubscriptionRecord, 'access' | 'pastDueSince' | 'graceDays'> {
  return { ...match.local, ...factsOf(match, reading) };
}

function factsOf({ snapshot, local }: SubscriptionMatch, { readAt, reading }: Reading) {
  const { latestInvoice, status } = snapshot;
  return {
    currency: snapshot.currency,
    status,
    stripeSubscriptionId: snapshot.stripeSubscriptionId,
    billingAnchor: snapshot.billingAnchor,
    currentPeriodStart: snapshot.periodStart,
    currentPeriodEnd: snapshot.periodEnd,
    trialEnd: snapshot.trialEnd,
    cancelAt: snapshot.cancelAt ?? (snapshot.isCancelAtPeriodEnd ? snapshot.periodEnd : null),
    isCancelAtPeriodEnd: snapshot.isCancelAtPeriodEnd,
    canceledAt: snapshot.canceledAt,
    endedAt: snapshot.endedAt,
    pausedAt: status === 'paused' ? (snapshot.pausedAt ?? local?.pausedAt ?? readAt) : null,
    collectionPause: snapshot.collectionPause,
    discounts: snapshot.discounts,
    actionUrl: latestInvoice?.requiresAction === true ? latestInvoice.hostedUrl : null,
    stripeSyncedAt: readAt,
    reading,
  };
}

function scheduledChangeOf({ snapshot, terms, local }: SubscriptionMatch): ScheduledChange | null {
  const { scheduledChange, stripeScheduleId } = snapshot;
  if (scheduledChange === null || stripeScheduleId === null || terms === null) return null;
  const identities = scheduledChange.items.flatMap(({ priceKey }) => {
    const identity = priceKey === null ? undefined : parseLookupKey(priceKey);
    return identity === undefined ? [] : [identity];
  });
  const [first] = identities;
  // Prices of a phase are not always expanded; then what we asked for ourselves is still what is scheduled.
  if (first === undefined) {
    return local?.scheduledChange?.stripeScheduleId === stripeScheduleId ? local.scheduledChange : null;
  }
  return {
    plan: first.plan,
    planVersion: first.version,
    interval: identities.some(({ interval }) => interval === 'year') ? 'year' : 'month',
    quantity:
      scheduledChange.items.find(({ quantity }) => quantity !== null && quantity !== '1')?.quantity ?? null,
    at: scheduledChange.at,
    stripeScheduleId,
    items: scheduledChange.items,
  };
}

function collectionText(pause: SubscriptionRecord['collectionPause']): string | null {
  return pause === null ? null : `${pause.behavior} until ${pause.resumesAt?.toISOString() ?? 'ended'}`;
}

function itemText({ priceKey, quantity, running }: SubscriptionItemRecord): string {
  const now = running === null ? '' : ` (until the renewal ${running.priceKey})`;
  return `${priceKey} × ${quantity ?? 'metered'}${now}`;
}

/** The fields that must equal Stripe's, for drift and for the record of an effect. */
export function subscriptionFields(
  subscription: Omit<SubscriptionRecord, 'access'> & { access?: Access },
): ComparableFields {
  const { scheduledChange } = subscription;
  return {
    status: subscription.status,
    access: subscription.access,
    plan: `${subscription.family}/${subscription.plan} v${subscription.planVersion}`,
    interval: subscription.interval,
    currency: subscription.currency,
    billingAnchor: subscription.billingAnchor,
    currentPeriodStart: subscription.currentPeriodStart,
    currentPeriodEnd: subscription.currentPeriodEnd,
    trialEnd: subscription.trialEnd,
    discounts: subscription.discounts.map(({ coupon, endsAt }) => `${coupon} ${endsAt ?? ''}`).join(', '),
    collectionPause: collectionText(subscription.collectionPause),
    cancelAt: subscription.cancelAt,
    isCancelAtPeriodEnd: subscription.isCancelAtPeriodEnd,
    canceledAt: subscription.canceledAt,
    endedAt: subscription.endedAt,
    pastDueSince: subscription.pastDueSince,
    actionUrl: subscription.actionUrl,
    scheduledChange:
      scheduledChange === null
        ? null
        : `${scheduledChange.plan} v${scheduledChange.planVersion} ${scheduledChange.interval} at ${scheduledChange.at.toISOString()}`,
    items: subscription.items.map(itemText).toSorted().join(', '),
  };
}
