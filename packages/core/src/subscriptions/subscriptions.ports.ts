import type { OrganizationId, SubscriptionId } from '../shared/ids.ts';
import type {
  Access,
  BillingInterval,
  CollectionPause,
  RunningPrice,
  ScheduledItem,
  SubscriptionStatus,
} from './subscription-snapshot.ts';
import type { Discount } from './subscriptions.schemas.ts';

export interface SubscriptionItemRecord {
  id: string;
  priceKey: string;
  stripeItemId: string;
  stripePriceId: string;
  quantity: string | null;
  kind: 'base' | 'addon' | 'seat' | 'usage';
  /** The price of the running period, where another one counts from the next renewal on; null = the same. */
  running: RunningPrice | null;
}

/** A change that takes place by itself later. `stripeScheduleId` names the schedule that carries it. */
export interface ScheduledChange {
  plan: string;
  planVersion: number;
  interval: BillingInterval;
  quantity: string | null;
  at: Date;
  stripeScheduleId?: string;
  /** What the schedule holds for then; absent = Stripe did not say. */
  items?: readonly ScheduledItem[];
}

/** Our mirror of one subscription. Only facts read from Stripe and the access derived from them are in it. */
export interface SubscriptionRecord {
  id: SubscriptionId;
  family: string;
  plan: string;
  planVersion: number;
  interval: BillingInterval;
  currency: string;
  status: SubscriptionStatus;
  access: Access;
  stripeSubscriptionId: string;
  billingAnchor: Date;
  currentPeriodStart: Date;
  currentPeriodEnd: Date;
  trialEnd: Date | null;
  cancelAt: Date | null;
  isCancelAtPeriodEnd: boolean;
  canceledAt: Date | null;
  endedAt: Date | null;
  pausedAt: Date | null;
  collectionPause: CollectionPause | null;
  pastDueSince: Date | null;
  /** Days that staff added to the steps of the present payment failure (R13). */
  graceDays: number;
  scheduledChange: ScheduledChange | null;
  discounts: readonly Discount[];
  actionUrl: string | null;
  /** When the facts in this row were read at Stripe. */
  stripeSyncedAt: Date;
  /** Number of the reading the facts are from; an older reading never overwrites it. */
  reading: bigint;
  createdAt: Date;
  items: readonly SubscriptionItemRecord[];
}

export interface SubscriptionRepository {
  findById(organizationId: OrganizationId, id: SubscriptionId): Promise<SubscriptionRecord | null>;
  findByStripeId(
    organizationId: OrganizationId,
    stripeSubscriptionId: string,
  ): Promise<SubscriptionRecord | null>;
  /** The subscription of the family that gives service; else the newest one that waits for its first payment. */
  findCurrent(organizationId: OrganizationId, family: string): Promise<SubscriptionRecord | null>;
  /** Newest first; without `includeEnded` neither canceled nor expired ones. */
  list(organizationId: OrganizationId, options?: { includeEnded?: boolean }): Promise<SubscriptionRecord[]>;
  /** Inserts or replaces the row and its items. Throws SUBSCRIPTION_FAMILY_TAKEN for a second live one. */
  save(organizationId: OrganizationId, subscription: SubscriptionRecord): Promise<void>;
  /** Earliest first failed attempt among the open invoices of the subscription; null = none is open and failed. */
  findFailedSince(organizationId: OrganizationId, id: SubscriptionId): Promise<Date | null>;
  /** The same among the invoices that bill its usage alone, which do not move its status at Stripe. */
  findUsageFailedSince(organizationId: OrganizationId, id: SubscriptionId): Promise<Date | null>;
}
