import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';

export interface Subscriber {
  organizationId: OrganizationId;
  slug: string;
  subscriptionId: SubscriptionId;
}

/** Finds subscribers of older versions across organizations. */
export interface SubscriberDirectory {
  /** Live ones whose version is not `version`, in the order of their subscriptions. */
  list(query: {
    family: string;
    plan: string;
    version: number;
    after: SubscriptionId | null;
    limit: number;
  }): Promise<Subscriber[]>;
}

/** Which migrations were ordered already, done or not: an order that was undone is not repeated. */
export interface OrderedMigrations {
  isOrdered(organizationId: OrganizationId, key: string): Promise<boolean>;
}

export interface MigrateDeps extends Pick<PurchaseDeps, 'clock' | 'families'> {
  unitOfWork: {
    run<T>(
      organizationId: OrganizationId,
      work: (tx: PurchaseTx & { orderedMigrations: OrderedMigrations }) => Promise<T>,
    ): Promise<T>;
  };
  subscribers: SubscriberDirectory;
}
