import type { z } from 'zod';
import type { intervalSchema } from '../catalog/catalog.schemas.ts';
import type {
  accessSchema,
  collectionBehaviorSchema,
  Discount,
  subscriptionStatusSchema,
} from './subscriptions.schemas.ts';

export type SubscriptionStatus = z.infer<typeof subscriptionStatusSchema>;
export type Access = z.infer<typeof accessSchema>;
export type BillingInterval = z.infer<typeof intervalSchema>;

/** `resumesAt` null = until somebody ends it. */
export interface CollectionPause {
  behavior: z.infer<typeof collectionBehaviorSchema>;
  resumesAt: Date | null;
}

/** A price by its key in the catalogue and its id at Stripe. */
export interface RunningPrice {
  priceKey: string;
  stripePriceId: string;
}

/** One item of a subscription as Stripe holds it. */
export interface SubscriptionItemSnapshot {
  stripeItemId: string;
  stripePriceId: string;
  /** The catalogue's key of the price (its lookup key); null = a price this catalogue did not make. */
  priceKey: string | null;
  /** Decimal text; null for metered prices, which have no quantity. */
  quantity: string | null;
  isMetered: boolean;
  interval: BillingInterval | null;
  /** What the running period is charged at, where the item has its price for the next one already; null = the same. */
  running: RunningPrice | null;
  periodStart: Date;
  periodEnd: Date;
}

export interface ScheduledItem {
  stripePriceId: string;
  priceKey: string | null;
  quantity: string | null;
}

/** What Stripe said about one subscription when it was read; never taken from an event body. */
export interface SubscriptionSnapshot {
  stripeSubscriptionId: string;
  stripeCustomerId: string;
  isLive: boolean;
  status: SubscriptionStatus;
  currency: string;
  items: readonly SubscriptionItemSnapshot[];
  createdAt: Date;
  billingAnchor: Date;
  /** Earliest start and latest end over the items: a subscription itself has no period any more. */
  periodStart: Date;
  periodEnd: Date;
  trialEnd: Date | null;
  cancelAt: Date | null;
  isCancelAtPeriodEnd: boolean;
  canceledAt: Date | null;
  endedAt: Date | null;
  pausedAt: Date | null;
  /** Set at Stripe directly: nothing is collected, while status and service stay. */
  collectionPause: CollectionPause | null;
  stripeScheduleId: string | null;
  /** The next phase of the attached schedule. */
  scheduledChange: { at: Date; items: readonly ScheduledItem[] } | null;
  discounts: readonly Discount[];
  stripeDefaultPaymentMethodId: string | null;
  latestInvoice: {
    stripeInvoiceId: string;
    isOpen: boolean;
    /** Set when a charge was tried and the invoice is still open. */
    failedSince: Date | null;
    hostedUrl: string | null;
    requiresAction: boolean;
  } | null;
  metadata: Readonly<Record<string, string>>;
}
