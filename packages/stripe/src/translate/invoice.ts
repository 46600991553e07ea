import type {
  CreditNoteSnapshot,
  InvoiceLineSnapshot,
  InvoiceSnapshot,
  InvoiceStatus,
} from '@metergate/core/invoices/invoice-snapshot';
import type { InvoicePreview } from '@metergate/core/subscriptions/subscription-gateway.ports';
import type Stripe from 'stripe';
import { amountFromStripe, unitAmountFromStripe } from '../amounts.ts';
import { discountLines } from './discount.ts';
import { requiresAction } from './subscription.ts';
import {
  currencyFromStripe,
  idOf,
  instantFromStripe,
  oneOf,
  requireInstant,
  shapeUnknown,
} from './values.ts';

export const invoiceExpansion = [
  'payments',
  'payments.data.payment.payment_intent',
  'discounts',
  'discounts.source.coupon',
];

const statuses: readonly InvoiceStatus[] = ['draft', 'open', 'paid', 'void', 'uncollectible'];

/** `lines` are passed apart because an invoice carries only the first page of them. */
export function invoiceFromStripe(
  invoice: Stripe.Invoice,
  lines: readonly Stripe.InvoiceLineItem[],
): InvoiceSnapshot {
  const currency = currencyFromStripe(invoice.currency);
  const amount = (value: number) => amountFromStripe(value, currency);
  const moments = invoice.status_transitions;
  const customer = idOf(invoice.customer);
  if (invoice.id === undefined || customer === null) throw shapeUnknown('invoice.id', 'absent');
  return {
    stripeInvoiceId: invoice.id,
    stripeCustomerId: customer,
    isLive: invoice.livemode,
    number: invoice.number,
    status: oneOf(statuses, invoice.status, 'invoice.status'),
    currency,
    subtotalMinor: amount(invoice.subtotal),
    taxMinor: amount((invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0)),
    totalMinor: amount(invoice.total),
    amountDueMinor: amount(invoice.amount_due),
    amountPaidMinor: amount(invoice.amount_paid),
    amountRemainingMinor: amount(invoice.amount_remaining),
    // A usage invoice stands alone at Stripe, so that nothing else gets onto it; it names whose usage it bills.
    stripeSubscriptionId:
      idOf(invoice.parent?.subscription_details?.subscription) ??
      invoice.metadata?.metergate_subscription ??
      null,
    billingReason: invoice.billing_reason,
    periodStart: requireInstant(invoice.period_start, 'invoice.period_start'),
    periodEnd: requireInstant(invoice.period_end, 'invoice.period_end'),
    issuedAt: instantFromStripe(moments.finalized_at),
    dueAt: instantFromStripe(invoice.due_date),
    paidAt: instantFromStripe(moments.paid_at),
    voidedAt: instantFromStripe(moments.voided_at),
    uncollectibleAt: instantFromStripe(moments.marked_uncollectible_at),
    attemptCount: invoice.attempt_count,
    nextAttemptAt: instantFromStripe(invoice.next_payment_attempt),
    lastFailure: lastFailure(invoice),
    requiresAction: invoice.status === 'open' && requiresAction(invoice),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    createdAt: requireInstant(invoice.created, 'invoice.created'),
    lines: [...lines.map(lineFromStripe), ...discountLines(invoice, lines.length)],
  };
}

function lineFromStripe(line: Stripe.InvoiceLineItem, position: number): InvoiceLineSnapshot {
  const currency = currencyFromStripe(line.currency);
  const pricing = line.pricing;
  const price = pricing?.price_details?.price ?? null;
  const expanded = typeof price === 'object' && price !== null ? price : null;
  const unitAmount = pricing?.unit_amount_decimal ?? null;
  const metadata = line.metadata ?? {};
  return {
    stripeLineId: line.id,
    position,
    description: line.description ?? '',
    quantity: quantityOf(line),
    unitPrice: unitAmount === null ? null : unitAmountFromStripe(String(unitAmount), currency),
    amountMinor: amountFromStripe(line.amount, currency),
    currency,
    periodStart: requireInstant(line.period.start, 'line.period.start'),
    periodEnd: requireInstant(line.period.end, 'line.period.end'),
    isProration: isProration(line),
    priceKey: metadata.metergate_price ?? expanded?.metadata?.metergate_price ?? expanded?.lookup_key ?? null,
    meter: metadata.metergate_meter ?? expanded?.metadata?.metergate_meter ?? null,
    metadata,
  };
}

/** `quantity` is cut to whole units; the decimal one is exact and absent in older answers. */
function quantityOf({ quantity, quantity_decimal: exact }: Stripe.InvoiceLineItem): string | null {
  if (exact !== null && exact !== undefined) return exact.toString();
  return quantity === null ? null : String(quantity);
}

function isProration(line: Stripe.InvoiceLineItem): boolean {
  const parent = line.parent;
  return (
    parent?.subscription_item_details?.proration === true || parent?.invoice_item_details?.proration === true
  );
}

/** The last refused charge of an invoice that is still owed. */
function lastFailure(invoice: Stripe.Invoice): InvoiceSnapshot['lastFailure'] {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') return null;
  for (const { payment } of (invoice.payments?.data ?? []).toReversed()) {
    const intent = payment.payment_intent;
    const error = typeof intent === 'object' && intent !== null ? intent.last_payment_error : null;
    if (error !== null && error !== undefined) {
      return { code: error.decline_code ?? error.code ?? null, message: error.message ?? 'Payment failed' };
    }
  }
  return null;
}

/** An invoice that does not exist yet; it has no id of its own. */
export function previewFromStripe(
  invoice: Stripe.Invoice,
  lines: readonly Stripe.InvoiceLineItem[],
): InvoicePreview {
  const currency = currencyFromStripe(invoice.currency);
  const amount = (value: number) => amountFromStripe(value, currency);
  return {
    currency,
    subtotalMinor: amount(invoice.subtotal),
    taxMinor: amount((invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0)),
    totalMinor: amount(invoice.total),
    amountDueMinor: amount(invoice.amount_due),
    at: requireInstant(invoice.next_payment_attempt ?? invoice.period_end, 'preview.period_end'),
    lines: [...lines.map(lineFromStripe), ...discountLines(invoice, lines.length)].map(previewLine),
  };
}

function previewLine(line: InvoiceLineSnapshot): InvoicePreview['lines'][number] {
  const { description, amountMinor, currency, quantity, priceKey, isProration, periodStart, periodEnd } =
    line;
  return { description, amountMinor, currency, quantity, priceKey, isProration, periodStart, periodEnd };
}

export function creditNoteFromStripe(note: Stripe.CreditNote): CreditNoteSnapshot {
  const currency = currencyFromStripe(note.currency);
  const invoice = idOf(note.invoice);
  const customer = idOf(note.customer);
  if (invoice === null || customer === null) throw shapeUnknown('credit_note.invoice', 'absent');
  return {
    stripeCreditNoteId: note.id,
    stripeInvoiceId: invoice,
    stripeCustomerId: customer,
    isLive: note.livemode,
    number: note.number,
    amountMinor: amountFromStripe(note.total, currency),
    currency,
    reason: note.memo ?? note.reason,
    status: oneOf(['issued', 'void'], note.status, 'credit_note.status'),
    createdAt: requireInstant(note.created, 'credit_note.created'),
  };
}
