import type { Id, OrganizationId } from '../shared/ids.ts';
import type { CheckoutSessionSnapshot } from '../subscriptions/subscription-gateway.ports.ts';
import type { PaymentMethodSnapshot } from './payment-method-snapshot.ts';

export interface PaymentMethodRecord extends Omit<PaymentMethodSnapshot, 'stripeCustomerId'> {
  id: Id<'paymentMethod'>;
  detachedAt: Date | null;
}

export interface PaymentMethodRepository {
  /** The default first, then newest; detached ones only when asked for. */
  list(
    organizationId: OrganizationId,
    options?: { includeDetached?: boolean },
  ): Promise<PaymentMethodRecord[]>;
  save(organizationId: OrganizationId, method: PaymentMethodRecord): Promise<void>;
}

/** The organization as the one who pays. */
export interface BillingAccount {
  organizationId: OrganizationId;
  name: string;
  slug: string;
  email: string;
  timeZone: string;
  currency: string;
  stripeCustomerId: string | null;
  status: 'active' | 'closed';
}

export interface BillingAccountRepository {
  /**
   * Reads the organization and locks its row until the transaction ends: work on one organization's billing is
   * serialised by this lock, so take it first. Throws NOT_FOUND.
   */
  lock(organizationId: OrganizationId): Promise<BillingAccount>;
  find(organizationId: OrganizationId): Promise<BillingAccount | null>;
  /** Stores the customer once; a different one later throws STRIPE_CUSTOMER_TAKEN. */
  attachCustomer(organizationId: OrganizationId, stripeCustomerId: string): Promise<void>;
  /** The customer was deleted at Stripe: the next purchase makes a new one. */
  detachCustomer(organizationId: OrganizationId): Promise<void>;
}

export interface CheckoutSessionRecord {
  id: Id<'checkout'>;
  family: string;
  plan: string;
  interval: 'month' | 'year';
  quantity: string | null;
  stripeSessionId: string;
  url: string;
  status: CheckoutSessionSnapshot['status'];
  expiresAt: Date;
  requestKey: string;
  createdAt: Date;
}

export interface CheckoutSessionRepository {
  findByStripeId(
    organizationId: OrganizationId,
    stripeSessionId: string,
  ): Promise<CheckoutSessionRecord | null>;
  findOpen(organizationId: OrganizationId, family: string): Promise<CheckoutSessionRecord | null>;
  /** Newest first. */
  listSince(organizationId: OrganizationId, since: Date): Promise<CheckoutSessionRecord[]>;
  /** Throws CHECKOUT_ALREADY_OPEN for a second open session of one family. */
  save(organizationId: OrganizationId, session: CheckoutSessionRecord): Promise<void>;
}
