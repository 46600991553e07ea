import type { InvoicePreview } from '../subscriptions/subscription-gateway.ports.ts';
import type { CreditNoteSnapshot, InvoiceSnapshot, PaymentReversals } from './invoice-snapshot.ts';

/** Invoices at Stripe; errors and idempotency as in `SubscriptionGateway`. */
export interface InvoiceGateway {
  /** With all lines and payments; null when it does not exist (a deleted draft). */
  retrieveInvoice(stripeInvoiceId: string): Promise<InvoiceSnapshot | null>;
  /** Newest first, complete with lines; at most `limit` (up to 1 000). */
  listInvoices(stripeCustomerId: string, limit: number): Promise<InvoiceSnapshot[]>;
  /** Tries to collect now. Throws PAYMENT_DECLINED; an invoice that is paid already is answered as it is. */
  payInvoice(input: {
    stripeInvoiceId: string;
    stripePaymentMethodId: string | null;
    idempotencyKey: string;
  }): Promise<InvoiceSnapshot>;
  /** The next invoice of the subscription as it stands; null when there will be none. */
  previewUpcomingInvoice(input: {
    stripeCustomerId: string;
    stripeSubscriptionId: string;
  }): Promise<InvoicePreview | null>;
  /** Puts a line on the customer's next invoice of the subscription (or on `stripeInvoiceId`, a draft). */
  addInvoiceItem(input: {
    stripeCustomerId: string;
    stripeSubscriptionId: string | null;
    stripeInvoiceId: string | null;
    description: string;
    amountMinor: bigint;
    currency: string;
    periodStart: Date;
    periodEnd: Date;
    metadata: Readonly<Record<string, string>>;
    idempotencyKey: string;
  }): Promise<{ stripeInvoiceItemId: string }>;
  /** The line that was added under this key, however long ago; null = there is none. */
  findInvoiceItem(input: {
    stripeCustomerId: string;
    idempotencyKey: string;
    createdAfter: Date;
  }): Promise<{ stripeInvoiceItemId: string } | null>;
  /** A draft made of the customer's pending items; finalize it to charge. */
  createInvoice(input: {
    stripeCustomerId: string;
    stripeSubscriptionId: string | null;
    currency: string;
    description: string | null;
    metadata: Readonly<Record<string, string>>;
    idempotencyKey: string;
  }): Promise<InvoiceSnapshot>;
  finalizeInvoice(input: { stripeInvoiceId: string; idempotencyKey: string }): Promise<InvoiceSnapshot>;
  issueCreditNote(input: {
    stripeInvoiceId: string;
    amountMinor: bigint;
    reason: string;
    idempotencyKey: string;
  }): Promise<CreditNoteSnapshot>;
  retrieveCreditNote(stripeCreditNoteId: string): Promise<CreditNoteSnapshot | null>;
  /** Everything that went back of the payment which a charge, refund or dispute belongs to; null = no such object. */
  readReversals(stripeObjectId: string): Promise<PaymentReversals | null>;
}
