import type { Actor } from '../../shared/actor.ts';
import { toPublicId } from '../../shared/ids.ts';
import type { PermissionView } from '../../shared/view.schemas.ts';
import { canInvoice } from '../invoice-lifecycle.ts';
import type { InvoiceLineRecord, InvoiceRecord } from '../invoices.ports.ts';
import type { InvoiceListItem, InvoiceView } from '../invoices.schemas.ts';
import { declineText } from './decline-text.ts';
import { invoiceBridge } from './invoice-bridge.ts';
import type { InvoiceDetails } from './invoice-reader.ports.ts';
import { invoiceTimeline } from './invoice-timeline.ts';

/** Owed and either tried in vain or beyond its due date. */
export function isPastDue(
  invoice: Pick<InvoiceRecord, 'status' | 'amountRemainingMinor' | 'attemptCount' | 'dueAt'>,
  at: Date,
): boolean {
  if (invoice.status !== 'open' || invoice.amountRemainingMinor <= 0n) return false;
  return invoice.attemptCount > 0 || (invoice.dueAt !== null && invoice.dueAt < at);
}

export function toInvoiceListItem(invoice: InvoiceRecord, at: Date): InvoiceListItem {
  return {
    id: toPublicId('invoice', invoice.id),
    number: invoice.number,
    status: invoice.status,
    isPastDue: isPastDue(invoice, at),
    family: invoice.family,
    currency: invoice.currency,
    totalMinor: invoice.totalMinor.toString(),
    amountDueMinor: invoice.amountDueMinor.toString(),
    amountRemainingMinor: invoice.amountRemainingMinor.toString(),
    period: { start: invoice.periodStart.toISOString(), end: invoice.periodEnd.toISOString() },
    issuedAt: invoice.issuedAt?.toISOString() ?? null,
    dueAt: invoice.dueAt?.toISOString() ?? null,
    paidAt: invoice.paidAt?.toISOString() ?? null,
    hostedUrl: invoice.hostedUrl,
    createdAt: invoice.stripeCreatedAt.toISOString(),
  };
}

/** `can` joins what makes sense for the invoice with what this actor may do. */
export function toInvoiceView(
  details: InvoiceDetails,
  { actor, at }: { actor: Actor; at: Date },
): InvoiceView {
  const { invoice, lines, events, clientNames } = details;
  const failure = invoice.lastFailure;
  return {
    ...toInvoiceListItem(invoice, at),
    subtotalMinor: invoice.subtotalMinor.toString(),
    taxMinor: invoice.taxMinor.toString(),
    amountPaidMinor: invoice.amountPaidMinor.toString(),
    refundedMinor: invoice.refundedMinor.toString(),
    creditedMinor: creditedMinor(details).toString(),
    attemptCount: invoice.attemptCount,
    nextAttemptAt: invoice.nextAttemptAt?.toISOString() ?? null,
    lastFailure: failure === null ? null : { code: failure.code, message: declineText(failure.code) },
    stripeInvoiceId: invoice.stripeInvoiceId,
    lines: lines.map((line) => toLineView(line, clientNames)),
    timeline: invoiceTimeline(invoice, events),
    bridge: invoiceBridge(details, details.previous),
    can: {
      pay: both(mayPay(actor), canInvoice(invoice, 'pay')),
      download: canInvoice(invoice, 'download'),
      dispute: both(mayPay(actor), canInvoice(invoice, 'dispute')),
    },
  };
}

function creditedMinor({ creditNotes }: InvoiceDetails): bigint {
  const issued = creditNotes.filter(({ status }) => status === 'issued');
  return issued.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

export function toLineView(line: InvoiceLineRecord, clientNames: ReadonlyMap<string, string>) {
  const { clientId } = line;
  return {
    id: toPublicId('invoiceLine', line.id),
    description: line.description,
    quantity: line.quantity,
    unitPrice: line.unitPrice,
    amountMinor: line.amountMinor.toString(),
    currency: line.currency,
    period: { start: line.periodStart.toISOString(), end: line.periodEnd.toISOString() },
    isProration: line.isProration,
    meter: line.meter,
    client:
      clientId === null
        ? null
        : { id: toPublicId('client', clientId), name: clientNames.get(clientId) ?? 'Removed client' },
    hasExplanation: isExplained(line),
  };
}

/** By what was written down when it was rated, by its events, or by its own facts; an amount alone explains nothing. */
function isExplained({ explanation, meter, isProration, quantity, unitPrice }: InvoiceLineRecord): boolean {
  const wasRated = explanation !== null && explanation !== undefined;
  return wasRated || meter !== null || isProration || (quantity !== null && unitPrice !== null);
}

function mayPay(actor: Actor): PermissionView {
  if (actor.kind === 'api_key')
    return allowedWhen(actor.scopes.includes('billing:write'), 'The key is read-only.');
  if (actor.kind !== 'member')
    return { allowed: false, reason: 'Only the organization itself pays its invoices.' };
  if (actor.viewAs !== undefined)
    return { allowed: false, reason: 'You are viewing this organization read-only.' };
  return allowedWhen(actor.role !== 'member', 'Only owners and admins may do this.');
}

function allowedWhen(allowed: boolean, reason: string): PermissionView {
  return { allowed, reason: allowed ? null : reason };
}

function both(first: PermissionView, second: PermissionView): PermissionView {
  return first.allowed ? second : first;
}
