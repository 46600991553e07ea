import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import type { BillingSummaryView } from '../../invoices/invoices.schemas.ts';
import { declineText } from '../../invoices/read/decline-text.ts';
import { toPublicId } from '../../shared/ids.ts';
import { overdueSince, type PaymentStage, paymentStanding } from '../../subscriptions/payment-ladder.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { amountText, dayText } from './notice-text.ts';
import type { BillingFacts } from './read-billing-facts.ts';
import type { SummaryReader } from './summary.ports.ts';

export type NoticeView = BillingSummaryView['notices'][number];

const lossByStage: Readonly<Record<PaymentStage, string>> = {
  past_due: 'access stays',
  restricted: 'overage, new clients and new seats stop',
  suspended: 'the service stops, your data stays',
  canceled: 'the subscription ends, your data stays',
};

/** Suspended by staff or for want of payment, past due, and payments that wait for the bank's approval. */
export function paymentNotices(facts: BillingFacts, reader: SummaryReader): NoticeView[] {
  const notices: NoticeView[] = [];
  if (facts.entitlements.facts.isSuspended) notices.push(suspendedByStaff());
  for (const { record } of facts.subscriptions) {
    if (record.pastDueSince !== null) notices.push(overdueNotice(facts, reader, record));
    else if (record.actionUrl !== null) notices.push(actionNotice(facts, reader, record));
  }
  const named = new Set(facts.subscriptions.map(({ record }) => record.id));
  for (const invoice of facts.pastDueInvoices) {
    if (invoice.subscriptionId !== null && named.has(invoice.subscriptionId)) continue;
    notices.push(unpaidNotice(facts, reader, invoice));
  }
  return notices;
}

/** Members ask the person who can act. */
export function askText({ ownerName }: Pick<BillingFacts, 'ownerName'>): string {
  return ownerName === null ? 'Ask an owner of the organization.' : `Ask ${ownerName}.`;
}

/** Stays above everything else: nothing on the pages below works any more, and they all stay readable. */
export function closedNotice(facts: BillingFacts, reader: SummaryReader): NoticeView {
  const { slug } = facts.entitlements.facts;
  return {
    kind: 'closed',
    severity: 'danger',
    text: 'This organization is closed: nothing is granted or bought here any more. Usage and invoices stay readable; to go on, use another organization.',
    action: reader.seesMoney ? { label: 'See invoices', to: `/${slug}/billing/invoices` } : null,
  };
}

function suspendedByStaff(): NoticeView {
  const text =
    'This organization is suspended. Everything stays readable and payable; write to support to restore it.';
  return { kind: 'suspended', severity: 'danger', text, action: null };
}

function overdueNotice(facts: BillingFacts, reader: SummaryReader, record: SubscriptionRecord): NoticeView {
  const isSuspended = record.access === 'suspended';
  const kind = isSuspended ? 'suspended' : 'past_due';
  const name = planNameOf(facts, record);
  const stopped = isSuspended ? `${name} has stopped because a payment is missing; your data stays.` : null;
  if (!reader.seesMoney) {
    const text = stopped ?? `A payment for ${name} is overdue.`;
    return { kind, severity: 'danger', text: `${text} ${askText(facts)}`, action: null };
  }
  const invoice = facts.pastDueInvoices.find(({ subscriptionId }) => subscriptionId === record.id);
  if (invoice === undefined) {
    const to = `/${facts.entitlements.facts.slug}/billing/invoices?status=open`;
    const text = stopped ?? `A payment for ${name} is overdue.`;
    return { kind, severity: 'danger', text, action: { label: 'Open invoices', to } };
  }
  const sentences = [failureSentence(facts, invoice), stopped ?? nextSentence(facts, record, invoice)];
  if (isSuspended) sentences.push('Paying restores it at once.');
  const text = sentences.join(' ');
  return { kind, severity: 'danger', text, action: payAction(facts, invoice) };
}

function unpaidNotice(facts: BillingFacts, reader: SummaryReader, invoice: InvoiceRecord): NoticeView {
  if (!reader.seesMoney) {
    const text = `An invoice is overdue. ${askText(facts)}`;
    return { kind: 'past_due', severity: 'danger', text, action: null };
  }
  const text = failureSentence(facts, invoice);
  return { kind: 'past_due', severity: 'danger', text, action: payAction(facts, invoice) };
}

function actionNotice(facts: BillingFacts, reader: SummaryReader, record: SubscriptionRecord): NoticeView {
  const name = planNameOf(facts, record);
  const text = `The bank wants the payment for ${name} to be approved; until then it is not complete.`;
  const isActing = reader.seesMoney && record.actionUrl !== null;
  return {
    kind: 'action_required',
    severity: 'danger',
    text: isActing ? text : `${text} ${askText(facts)}`,
    action: isActing ? { label: 'Approve the payment', to: record.actionUrl ?? '' } : null,
  };
}

/** "$249.00 for INV-0042 failed on 12 Nov (the card has expired)." */
function failureSentence(facts: BillingFacts, invoice: InvoiceRecord): string {
  const { timeZone } = facts.entitlements.facts;
  const amount = amountText(invoice.amountRemainingMinor, invoice.currency);
  const number = invoice.number ?? 'the last invoice';
  if (invoice.lastFailure === null) return `${amount} for ${number} is overdue.`;
  const since = invoice.issuedAt ?? invoice.stripeCreatedAt;
  const reason = declineText(invoice.lastFailure.code).replace(/\.$/, '');
  const lower = reason.charAt(0).toLowerCase() + reason.slice(1);
  return `${amount} for ${number} of ${dayText(since, timeZone)} failed (${lower}).`;
}

function nextSentence(facts: BillingFacts, record: SubscriptionRecord, invoice: InvoiceRecord): string {
  const { timeZone } = facts.entitlements.facts;
  const retry =
    invoice.nextAttemptAt === null ? null : `We retry on ${dayText(invoice.nextAttemptAt, timeZone)}`;
  const family = facts.entitlements.standings.find(
    (standing) => standing.family.key === record.family,
  )?.family;
  const since = overdueSince(record);
  const { next } =
    family === undefined || since === null
      ? { next: null }
      : paymentStanding(family.paymentFailure, since, facts.at);
  const loss = next === null ? null : `on ${dayText(next.at, timeZone)} ${lossByStage[next.stage]}`;
  if (retry === null && loss === null) return 'Pay it to keep the plan.';
  if (loss === null) return `${retry}.`;
  return retry === null ? `${loss.charAt(0).toUpperCase()}${loss.slice(1)}.` : `${retry}; ${loss}.`;
}

function payAction(facts: BillingFacts, invoice: InvoiceRecord): NoticeView['action'] {
  return {
    label: `Pay ${amountText(invoice.amountRemainingMinor, invoice.currency)}`,
    to: `/${facts.entitlements.facts.slug}/billing/invoices/${toPublicId('invoice', invoice.id)}`,
  };
}

/** "Voice Ops Pro". */
export function planNameOf(facts: BillingFacts, record: SubscriptionRecord): string {
  const plan = facts.subscriptions.find((subscription) => subscription.record.id === record.id)?.plan;
  const family = facts.entitlements.standings.find((standing) => standing.family.key === record.family);
  const familyName = family?.family.name ?? record.family;
  const planName = plan?.name ?? record.plan;
  return familyName === planName ? planName : `${familyName} ${planName}`;
}
