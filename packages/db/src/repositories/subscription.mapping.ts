import { asId } from '@metergate/core';
import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import {
  scheduledChangeSchema,
  subscriptionItemKindSchema,
} from '@metergate/core/payments/stored-values.schemas';
import type { ScheduledChange, SubscriptionRecord } from '@metergate/core/subscriptions/subscriptions.ports';
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
      })),
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
    scheduledChange:
      scheduledChange === null ? Prisma.DbNull : { ...scheduledChange, at: scheduledChange.at.toISOString() },
    updatedAt: subscription.stripeSyncedAt,
  };
}

function scheduledChangeFromRow(json: unknown): ScheduledChange | null {
  if (json === null) return null;
  const { stripeScheduleId, ...change } = scheduledChangeSchema.parse(json);
  return stripeScheduleId === undefined ? change : { ...change, stripeScheduleId };
}
