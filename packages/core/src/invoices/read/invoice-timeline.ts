import { formatMoney } from '../../shared/money/format-money.ts';
import type { InvoiceEventRecord, InvoiceRecord } from '../invoices.ports.ts';
import type { InvoiceView } from '../invoices.schemas.ts';
import { declineText } from './decline-text.ts';

type TimelineEntry = InvoiceView['timeline'][number];

/** What happened and what comes next, oldest first. */
export function invoiceTimeline(
  invoice: InvoiceRecord,
  events: readonly InvoiceEventRecord[],
): TimelineEntry[] {
  const past = events.map(({ at, kind, detail }) => ({
    at: at.toISOString(),
    kind,
    text: eventText(invoice, { kind, detail }),
  }));
  const { nextAttemptAt, status } = invoice;
  if (status !== 'open' || nextAttemptAt === null) return past;
  return [
    ...past,
    { at: nextAttemptAt.toISOString(), kind: 'retry_scheduled', text: 'We try to collect it again.' },
  ];
}

function eventText(
  { currency, totalMinor }: InvoiceRecord,
  { kind, detail }: Pick<InvoiceEventRecord, 'kind' | 'detail'>,
): string {
  const amount = (minor: unknown) =>
    formatMoney({ amountMinor: readMinor(minor) ?? totalMinor, currency }, 'en-US');
  switch (kind) {
    case 'created':
      return 'The invoice was drawn up.';
    case 'finalized':
      return `The invoice was issued over ${amount(detail.totalMinor)}.`;
    case 'attempt_failed':
      return `The payment failed. ${declineText(typeof detail.code === 'string' ? detail.code : null)}`;
    case 'action_required':
      return 'The bank wants the payment to be approved.';
    case 'paid':
      return `${amount(detail.amountMinor)} was paid.`;
    case 'voided':
      return 'The invoice was voided; nothing is owed for it.';
    case 'marked_uncollectible':
      return 'The invoice was written off. It can still be paid.';
    case 'credit_note_issued':
      return `A credit note over ${amount(detail.amountMinor)} was issued.`;
    case 'refunded':
      return `${amount(detail.amountMinor)} was refunded.`;
    case 'refund_failed':
      return `The refund of ${amount(detail.amountMinor)} failed.`;
    case 'dispute_opened':
      return `The payment of ${amount(detail.amountMinor)} was contested at the bank.`;
    case 'dispute_won':
      return 'The contested payment stands.';
    case 'line_questioned':
      return `A line was questioned: ${text(detail.description)}`;
    case 'line_question_refused':
      return `The questioned line stands: ${text(detail.resolution)}`;
    case 'dispute_lost':
      return `The bank returned ${amount(detail.amountMinor)} to the customer.`;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readMinor(value: unknown): bigint | null {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : null;
}
