import type { OrganizationId } from '../shared/ids.ts';
import type { DatesGateway } from './dates-gateway.ports.ts';
import type { DiscountGateway } from './discount-gateway.ports.ts';
import type { PauseGateway } from './pause-gateway.ports.ts';
import type { RepriceGateway } from './reprice-gateway.ports.ts';
import type { SubscriptionSnapshot } from './subscription-snapshot.ts';

/** A price at Stripe with how much of it. `quantity` is a whole number as text; null for metered prices. */
export interface PriceQuantity {
  stripePriceId: string;
  quantity: string | null;
}

/** One item after a change: with `stripeItemId` the existing item is changed, `isRemoved` deletes it. */
export interface ItemChange {
  stripeItemId?: string;
  stripePriceId?: string;
  quantity?: string | null;
  isRemoved?: boolean;
}

/** Which plan is meant; kept in the metadata at Stripe for people who look there. The price decides, not this. */
export interface PlanReference {
  family: string;
  plan: string;
  planVersion: number;
}

export interface CheckoutRequest {
  organizationId: OrganizationId;
  stripeCustomerId: string;
  plan: PlanReference;
  items: readonly PriceQuantity[];
  trialDays: number | null;
  /** null = none; at the hosted checkout people may then type one themselves. */
  stripePromotionCodeId: string | null;
  /** May contain `{CHECKOUT_SESSION_ID}`, which Stripe fills in. */
  successUrl: string;
  cancelUrl: string;
  /** 30 minutes to 24 hours from now at Stripe's clock; null = Stripe's default of 24 hours. */
  expiresAt: Date | null;
  idempotencyKey: string;
}

export interface CheckoutSessionSnapshot {
  stripeSessionId: string;
  stripeCustomerId: string | null;
  organizationId: string | null;
  isLive: boolean;
  status: 'open' | 'complete' | 'expired';
  /** `unpaid` while a delayed payment is on its way: nothing may be unlocked for it. */
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required';
  mode: 'subscription' | 'setup' | 'payment';
  url: string | null;
  expiresAt: Date;
  stripeSubscriptionId: string | null;
  metadata: Readonly<Record<string, string>>;
}

export interface CreateSubscriptionRequest {
  organizationId: OrganizationId;
  stripeCustomerId: string;
  plan: PlanReference;
  items: readonly PriceQuantity[];
  trialDays: number | null;
  stripePromotionCodeId: string | null;
  /** null = the customer's default. */
  stripePaymentMethodId: string | null;
  idempotencyKey: string;
}

export interface ChangeSubscriptionRequest {
  stripeSubscriptionId: string;
  plan: PlanReference;
  items: readonly ItemChange[];
  /** `invoice_now` bills the difference at once, `next_invoice` leaves it pending, `none` charges nothing. */
  proration: 'invoice_now' | 'next_invoice' | 'none';
  /** The same instant for preview and change, so that the charge equals the quote; whole seconds. */
  prorationAt: Date;
  /** A change of interval starts a new period at once. */
  isAnchorReset?: boolean;
  idempotencyKey: string;
}

export interface PreviewLine {
  description: string;
  amountMinor: bigint;
  currency: string;
  quantity: string | null;
  priceKey: string | null;
  isProration: boolean;
  periodStart: Date;
  periodEnd: Date;
}

/** An invoice that does not exist yet. */
export interface InvoicePreview {
  currency: string;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  /** After credit balance. */
  amountDueMinor: bigint;
  at: Date;
  lines: readonly PreviewLine[];
}

export interface ScheduleChangeRequest {
  stripeSubscriptionId: string;
  plan: PlanReference;
  /** The items of the phase that begins at the end of the current period. */
  items: readonly PriceQuantity[];
  idempotencyKey: string;
}

/**
 * Subscriptions at Stripe. Every method throws STRIPE_UNAVAILABLE (retriable) within five seconds when Stripe does
 * not answer, PAYMENT_DECLINED for a refused card, STRIPE_REQUEST_REFUSED for what Stripe will never accept.
 * Reads answer null for what does not exist. The same idempotency key twice has one effect.
 */
export interface SubscriptionGateway extends PauseGateway, DatesGateway, DiscountGateway, RepriceGateway {
  /** Finds the organization's customer by our metadata or makes it. */
  ensureCustomer(input: {
    organizationId: OrganizationId;
    name: string;
    email: string;
  }): Promise<{ stripeCustomerId: string }>;
  createCheckoutSession(request: CheckoutRequest): Promise<CheckoutSessionSnapshot>;
  retrieveCheckoutSession(stripeSessionId: string): Promise<CheckoutSessionSnapshot | null>;
  /** Expiring twice, or after completion, answers the session as it is. */
  expireCheckoutSession(stripeSessionId: string): Promise<CheckoutSessionSnapshot | null>;
  createPortalSession(input: { stripeCustomerId: string; returnUrl: string }): Promise<{ url: string }>;

  createSubscription(request: CreateSubscriptionRequest): Promise<SubscriptionSnapshot>;
  previewChange(
    request: Omit<ChangeSubscriptionRequest, 'idempotencyKey'> & { stripeCustomerId: string },
  ): Promise<InvoicePreview>;
  changeSubscription(request: ChangeSubscriptionRequest): Promise<SubscriptionSnapshot>;
  scheduleChange(request: ScheduleChangeRequest): Promise<SubscriptionSnapshot>;
  /** Lets go of the schedule; the subscription goes on as it is. Releasing twice is no error. */
  releaseSchedule(input: {
    stripeScheduleId: string;
    stripeSubscriptionId: string;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
  cancelSubscription(input: {
    stripeSubscriptionId: string;
    at: 'now' | 'period_end';
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
  /** Takes back a cancellation at period end. */
  resumeSubscription(input: {
    stripeSubscriptionId: string;
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;

  retrieveSubscription(stripeSubscriptionId: string): Promise<SubscriptionSnapshot | null>;
}
