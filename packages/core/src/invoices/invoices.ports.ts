import type { Id, InvoiceId, OrganizationId, SubscriptionId } from '../shared/ids.ts';
import type { CreditNoteSnapshot, InvoiceLineSnapshot, InvoiceStatus } from './invoice-snapshot.ts';

/** Our mirror of one invoice without its lines. Amounts are Stripe's, never recomputed here. */
export interface InvoiceRecord {
  id: InvoiceId;
  stripeInvoiceId: string;
  number: string | null;
  status: InvoiceStatus;
  currency: string;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountDueMinor: bigint;
  amountPaidMinor: bigint;
  amountRemainingMinor: bigint;
  subscriptionId: SubscriptionId | null;
  family: string | null;
  billingReason: string | null;
  periodStart: Date;
  periodEnd: Date;
  issuedAt: Date | null;
  dueAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  attemptCount: number;
  nextAttemptAt: Date | null;
  lastFailure: { code: string | null; message: string } | null;
  hostedUrl: string | null;
  pdfUrl: string | null;
  stripeCreatedAt: Date;
  syncedAt: Date;
  /** Number of the reading the facts are from; an older reading never overwrites it. */
  reading: bigint;
  /** Given back to the customer's card, failed refunds left out. Never more than was paid. */
  refundedMinor: bigint;
}

export interface InvoiceLineRecord extends Omit<InvoiceLineSnapshot, 'metadata'> {
  id: Id<'invoiceLine'>;
  clientId: string | null;
  explanation: unknown;
}

export type InvoiceEventKind =
  | 'created'
  | 'finalized'
  | 'attempt_failed'
  | 'action_required'
  | 'paid'
  | 'voided'
  | 'marked_uncollectible'
  | 'credit_note_issued'
  | 'refunded'
  | 'refund_failed'
  | 'dispute_opened'
  | 'dispute_won'
  | 'dispute_lost'
  | 'line_questioned'
  | 'line_question_refused';

export interface InvoiceEventRecord {
  id: string;
  at: Date;
  kind: InvoiceEventKind;
  detail: Readonly<Record<string, unknown>>;
}

export interface InvoiceRepository {
  findById(organizationId: OrganizationId, id: InvoiceId): Promise<InvoiceRecord | null>;
  findByStripeId(organizationId: OrganizationId, stripeInvoiceId: string): Promise<InvoiceRecord | null>;
  listLines(organizationId: OrganizationId, id: InvoiceId): Promise<InvoiceLineRecord[]>;
  listEvents(organizationId: OrganizationId, id: InvoiceId): Promise<InvoiceEventRecord[]>;
  /** Newest first, at most `limit`. */
  listAll(organizationId: OrganizationId, limit: number): Promise<InvoiceRecord[]>;
  save(organizationId: OrganizationId, invoice: InvoiceRecord): Promise<void>;
  /**
   * Makes the stored lines equal to these. Lines of an invoice that is no longer a draft never change, so a
   * finalized one only gains lines: write them before the status.
   */
  saveLines(
    organizationId: OrganizationId,
    id: InvoiceId,
    lines: readonly InvoiceLineRecord[],
  ): Promise<void>;
  addEvents(
    organizationId: OrganizationId,
    id: InvoiceId,
    events: readonly InvoiceEventRecord[],
  ): Promise<void>;
}

export interface CreditNoteRecord
  extends Omit<CreditNoteSnapshot, 'stripeInvoiceId' | 'stripeCustomerId' | 'isLive'> {
  id: Id<'creditNote'>;
  invoiceId: InvoiceId;
}

export interface CreditNoteRepository {
  listByInvoice(organizationId: OrganizationId, invoiceId: InvoiceId): Promise<CreditNoteRecord[]>;
  findByStripeId(
    organizationId: OrganizationId,
    stripeCreditNoteId: string,
  ): Promise<CreditNoteRecord | null>;
  save(organizationId: OrganizationId, note: CreditNoteRecord): Promise<void>;
}
