import type { z } from 'zod';
import type { invoiceStatusSchema } from './invoices.schemas.ts';

export type InvoiceStatus = z.infer<typeof invoiceStatusSchema>;

export interface InvoiceLineSnapshot {
  stripeLineId: string;
  position: number;
  description: string;
  /** Decimal text. */
  quantity: string | null;
  /** In major units, exact decimal text. */
  unitPrice: string | null;
  amountMinor: bigint;
  currency: string;
  periodStart: Date;
  periodEnd: Date;
  isProration: boolean;
  priceKey: string | null;
  meter: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** What Stripe said about one invoice when it was read. */
export interface InvoiceSnapshot {
  stripeInvoiceId: string;
  stripeCustomerId: string;
  isLive: boolean;
  number: string | null;
  status: InvoiceStatus;
  currency: string;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountDueMinor: bigint;
  amountPaidMinor: bigint;
  amountRemainingMinor: bigint;
  stripeSubscriptionId: string | null;
  billingReason: string | null;
  periodStart: Date;
  periodEnd: Date;
  issuedAt: Date | null;
  dueAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  uncollectibleAt: Date | null;
  attemptCount: number;
  nextAttemptAt: Date | null;
  lastFailure: { code: string | null; message: string } | null;
  /** The customer must approve the payment at the bank, on the hosted page. */
  requiresAction: boolean;
  hostedUrl: string | null;
  pdfUrl: string | null;
  createdAt: Date;
  lines: readonly InvoiceLineSnapshot[];
}

/** What of one payment went back to the customer, and what the customer's bank contests. */
export interface PaymentReversals {
  stripeCustomerId: string | null;
  /** The invoice that was paid; null = a payment of none. */
  stripeInvoiceId: string | null;
  currency: string;
  refunds: readonly RefundSnapshot[];
  disputes: readonly DisputeSnapshot[];
}

export interface RefundSnapshot {
  stripeRefundId: string;
  amountMinor: bigint;
  status: 'pending' | 'succeeded' | 'failed';
  reason: string | null;
  createdAt: Date;
}

/** A contested payment ("chargeback"); not to be confused with a line that a customer questions here. */
export interface DisputeSnapshot {
  stripeDisputeId: string;
  amountMinor: bigint;
  outcome: 'open' | 'won' | 'lost';
  reason: string | null;
  createdAt: Date;
}

export interface CreditNoteSnapshot {
  stripeCreditNoteId: string;
  stripeInvoiceId: string;
  stripeCustomerId: string;
  isLive: boolean;
  number: string;
  amountMinor: bigint;
  currency: string;
  reason: string | null;
  status: 'issued' | 'void';
  createdAt: Date;
}
