import type { CatalogGateway } from '../catalog/catalog-gateway.ports.ts';
import type { InvoiceGateway } from '../invoices/invoice-gateway.ports.ts';
import type { Period } from '../shared/time/period.ts';
import type { SubscriptionGateway } from '../subscriptions/subscription-gateway.ports.ts';
import type { SubscriptionSnapshot } from '../subscriptions/subscription-snapshot.ts';
import type { CustomerSnapshot, PaymentMethodSnapshot } from './payment-method-snapshot.ts';

/** A reported quantity that a meter refused after Stripe had taken it. */
export interface MeterError {
  /** Of the report, as it was sent. */
  identifier: string;
  /** Stripe's code for why. */
  code: string;
}

/** One reported quantity for a billing meter at Stripe. */
export interface MeterEventReport {
  eventName: string;
  stripeCustomerId: string;
  /** Decimal text. */
  value: string;
  /** Unique for ever on our side; Stripe refuses the same one within at least 24 hours. */
  identifier: string;
  at: Date;
}

/** A past event as Stripe lists it; used to find what no webhook brought. */
export interface ListedEvent {
  externalId: string;
  type: string;
  createdAt: Date;
  isLive: boolean;
  /** The complete event object as JSON. */
  payload: Readonly<Record<string, unknown>>;
}

export interface CustomerReading {
  customer: CustomerSnapshot | null;
  subscriptions?: SubscriptionSnapshot[];
  paymentMethods?: PaymentMethodSnapshot[];
}

export interface CustomerUpdate {
  stripeCustomerId: string;
  legalName: string;
  email: string;
  address: {
    line1: string;
    line2: string;
    postalCode: string;
    city: string;
    region: string;
    country: string;
  } | null;
  taxId: { kind: string; value: string } | null;
}

export interface CustomerGateway {
  retrieveCustomer(stripeCustomerId: string): Promise<CustomerSnapshot | null>;
  /**
   * A customer with what hangs on it, read in as few calls as possible. What was not wished for is absent, and so is
   * everything of a customer that does not exist or was deleted.
   */
  readCustomer(
    stripeCustomerId: string,
    wish: { subscriptions: boolean; paymentMethods: boolean },
  ): Promise<CustomerReading>;
  /** Sets who is billed as a whole: what is absent is removed. Repeating it changes nothing. */
  updateCustomer(input: CustomerUpdate & { idempotencyKey: string }): Promise<void>;
  attachPaymentMethod(input: {
    stripeCustomerId: string;
    stripePaymentMethodId: string;
    idempotencyKey: string;
  }): Promise<PaymentMethodSnapshot>;
  /** Also becomes the method of the customer's live subscriptions, which would otherwise keep an older one. */
  setDefaultPaymentMethod(input: {
    stripeCustomerId: string;
    stripePaymentMethodId: string;
    idempotencyKey: string;
  }): Promise<void>;
  /** Detaching twice is no error. */
  detachPaymentMethod(input: { stripePaymentMethodId: string; idempotencyKey: string }): Promise<void>;
  /** Where a new card is entered; a Checkout session in setup mode. */
  createSetupSession(input: {
    stripeCustomerId: string;
    returnUrl: string;
    idempotencyKey: string;
  }): Promise<{ url: string }>;
  reportMeterEvent(report: MeterEventReport): Promise<void>;
  /** What a meter has counted for a customer in `[start, end)`, whole minutes; decimal text. */
  readMeterTotal(input: { eventName: string; stripeCustomerId: string; period: Period }): Promise<string>;
  /** The samples of an event about refused usage; a sample may stand for more. Null = Stripe has no such event. */
  readMeterErrors(eventId: string): Promise<MeterError[] | null>;
  /** One page, newest first, of what happened before the event `before`; null when Stripe has forgotten that one. */
  listEvents(input: {
    createdAfter: Date;
    before: string | null;
  }): Promise<{ events: ListedEvent[]; hasMore: boolean } | null>;
}

/** Everything this product asks of Stripe, in its own words. */
export interface PaymentGateway extends SubscriptionGateway, InvoiceGateway, CatalogGateway, CustomerGateway {
  /** `open` = calls are refused at once because the last ones got no answer. */
  readonly availability: () => 'available' | 'unavailable';
}
