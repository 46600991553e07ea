import { asId } from '@metergate/core';
import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import {
  scheduledChangeSchema,
  subscriptionItemKindSchema,
} from '@metergate/core/payments/stored-values.schemas';
import type { RunningPrice } from '@metergate/core/subscriptions/subscription-snapshot';
import type {
  ScheduledChange,
  SubscriptionItemRecord,
  SubscriptionRecord,
} from '@metergate/core/subscriptions/subscriptions.ports';
import {
  accessSchema,
  collectionBehaviorSchema,
  discountSchema,
  subscriptionStatusSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { Prisma, type Subscription, type SubscriptionItem } from '../generated/client.ts';

export function fromRow(row: Subscription & { items: SubscriptionItem[] }): SubscriptionRecord {
  const { organizationId, cancelAtPeriodEnd, updatedAt, items, ...columns } = row;
  const { collectionPaused, collectionResumesAt: resumesAt, ...fields } = columns;
  return {
    ...fields,
    id: asId('subscription', row.id),
    interval: intervalSchema.parse(row.interval),
    status: subscriptionStatusSchema.parse(row.status),
    access: accessSchema.parse(row.access),
    isCancelAtPeriodEnd: cancelAtPeriodEnd,
    scheduledChange: scheduledChangeFromRow(row.scheduledChange),
    discounts: discountSchema.array().parse(row.discounts),
    collectionPause:
      collectionPaused === null
        ? null
        : { behavior: collectionBehaviorSchema.parse(collectionPaused), resumesAt },
    items: items
      .toSorted((left, right) => (left.priceKey < right.priceKey ? -1 : 1))
      .map((item) => ({
        id: item.id,
        priceKey: item.priceKey,
        stripeItemId: item.stripeItemId,
        stripePriceId: item.stripePriceId,
        quantity: item.quantity === null ? null : item.quantity.toFixed(),
        kind: subscriptionItemKindSchema.parse(item.kind),
        running: runningOf(item),
      })),
  };
}

function runningOf({ runningPriceKey, runningStripePriceId }: SubscriptionItem): RunningPrice | null {
  if (runningPriceKey === null || runningStripePriceId === null) return null;
  return { priceKey: runningPriceKey, stripePriceId: runningStripePriceId };
}

/** The columns of an item; which subscription it belongs to is the caller's. */
export function itemToRow({ running, ...item }: SubscriptionItemRecord) {
  return {
    ...item,
    runningPriceKey: running?.priceKey ?? null,
    runningStripePriceId: running?.stripePriceId ?? null,
  };
}

export function toRow(organizationId: string, subscription: SubscriptionRecord) {
  const { items, isCancelAtPeriodEnd, scheduledChange, discounts, collectionPause, ...fields } = subscription;
  return {
    ...fields,
    organizationId,
    cancelAtPeriodEnd: isCancelAtPeriodEnd,
    discounts: [...discounts],
    collectionPaused: collectionPause?.behavior ?? null,
    collectionResumesAt: collectionPause?.resumesAt ?? null,
    scheduledChange: scheduledChange === null ? Prisma.DbNull : scheduledChangeToRow(scheduledChange),
    updatedAt: subscription.stripeSyncedAt,
  };
}

function scheduledChangeToRow({ at, items, ...change }: ScheduledChange) {
  return {
    ...change,
    at: at.toISOString(),
    ...(items === undefined ? {} : { items: items.map((item) => ({ ...item })) }),
  };
}

function scheduledChangeFromRow(json: unknown): ScheduledChange | null {
  if (json === null) return null;
  const { stripeScheduleId, items, ...change } = scheduledChangeSchema.parse(json);
  return {
    ...change,
    ...(stripeScheduleId === undefined ? {} : { stripeScheduleId }),
    ...(items === undefined ? {} : { items }),
  };
}
