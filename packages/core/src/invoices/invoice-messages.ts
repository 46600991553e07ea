import { type OrganizationId, toPublicId } from '../shared/ids.ts';
import type { MessageType, OutgoingMessage } from '../shared/outgoing-messages.ts';
import type { InvoiceEventRecord, InvoiceRecord } from './invoices.ports.ts';

const typeOfEvent: Partial<Record<InvoiceEventRecord['kind'], MessageType>> = {
  finalized: 'invoice.finalized',
  attempt_failed: 'invoice.payment_failed',
  action_required: 'payment.action_required',
  paid: 'invoice.paid',
};

/** Reading years of old invoices for the first time must not tell each of them as if it happened today. */
const newsMs = 7 * 86_400_000;

/** What has to be told about entries that are new in an invoice's history. */
export function invoiceMessages(
  invoice: InvoiceRecord,
  input: {
    organizationId: OrganizationId;
    events: readonly Omit<InvoiceEventRecord, 'id'>[];
    isKnown: boolean;
    readAt: Date;
  },
): OutgoingMessage[] {
  const { organizationId, events, isKnown, readAt } = input;
  return events.flatMap(({ kind, at, detail }) => {
    const type = typeOfEvent[kind];
    if (type === undefined || (!isKnown && readAt.getTime() - at.getTime() > newsMs)) return [];
    const { attempt } = detail;
    const fact = `${type}:${invoice.id}${attempt === undefined ? '' : `:${String(attempt)}`}`;
    return [{ organizationId, type, fact, data: { invoice: invoiceData(invoice) }, occurredAt: at }];
  });
}

/** Amounts in minor units as digits. */
function invoiceData(invoice: InvoiceRecord) {
  const { id, number, status, currency, family, subscriptionId, attemptCount, lastFailure } = invoice;
  return {
    id: toPublicId('invoice', id),
    number,
    status,
    currency,
    totalMinor: invoice.totalMinor.toString(),
    amountPaidMinor: invoice.amountPaidMinor.toString(),
    amountRemainingMinor: invoice.amountRemainingMinor.toString(),
    family,
    subscriptionId: subscriptionId === null ? null : toPublicId('subscription', subscriptionId),
    period: { start: invoice.periodStart.toISOString(), end: invoice.periodEnd.toISOString() },
    dueAt: invoice.dueAt?.toISOString() ?? null,
    nextAttemptAt: invoice.nextAttemptAt?.toISOString() ?? null,
    attemptCount,
    failureCode: lastFailure?.code ?? null,
    hostedUrl: invoice.hostedUrl,
  };
}
