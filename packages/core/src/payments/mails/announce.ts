import type { ProductFamily } from '../../catalog/product-family.ts';
import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { ladderOf, overdueSince } from '../../subscriptions/payment-ladder.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { BillingAccount } from '../payments.ports.ts';
import type { MailForms } from './compose-mail.ts';
import {
  actionRequiredMail,
  paymentFailedMail,
  planEndingMail,
  receiptMail,
  subscriptionCanceledMail,
  trialEndingMail,
} from './payment-mails.ts';
import { planName } from './plan-name.ts';

const dayMs = 86_400_000;
/** Reading years of old invoices again must not mail a receipt for each. */
const newsMs = 3 * dayMs;
const trialNoticeMs = 3 * dayMs;
/** Of an agreed end: time enough to agree on another one. */
export const endNoticeMs = 14 * dayMs;

interface News {
  template: string;
  /** The fact the mail is about; the same fact is one mail for ever. */
  fact: string;
  mail: MailForms;
}

export interface AnnounceInput {
  account: BillingAccount;
  organizationId: OrganizationId;
  families: readonly ProductFamily[];
  /** Stripe ids of the invoices that were read. */
  invoices: readonly string[];
  now: Date;
}

/**
 * Leaves a mail for everything the payer has to know about the state as it is now. Read off the state and keyed by
 * the fact, so it does not matter which event, sweep or use-case notices it, or how often.
 */
export async function announce(tx: MirrorTx, input: AnnounceInput): Promise<void> {
  const { organizationId, now } = input;
  const subscriptions = await tx.subscriptions.list(organizationId, { includeEnded: true });
  const news: News[] = [];
  for (const subscription of subscriptions) news.push(...(await subscriptionNews(tx, input, subscription)));
  for (const stripeInvoiceId of input.invoices) {
    const invoice = await tx.invoices.findByStripeId(organizationId, stripeInvoiceId);
    if (invoice === null) continue;
    news.push(...invoiceNews(input, invoice, subscriptions));
  }
  for (const { template, fact, mail } of news) {
    const dedupeKey = `${template}:${organizationId}:${fact}`;
    const { email: to } = input.account;
    await tx.mail.add({ organizationId, to, template, ...mail, dedupeKey, createdAt: now });
  }
}

function invoiceNews(
  { account, families, now }: AnnounceInput,
  invoice: InvoiceRecord,
  subscriptions: readonly SubscriptionRecord[],
): News[] {
  const reader = readerOf(account);
  const { paidAt, status, actionUrl } = invoiceState(invoice, subscriptions);
  if (status === 'paid') {
    if (invoice.amountPaidMinor <= 0n || paidAt === null || !isNews(paidAt, now)) return [];
    return [{ template: 'receipt', fact: invoice.id, mail: receiptMail(reader, invoice) }];
  }
  if (status !== 'open' || invoice.amountRemainingMinor <= 0n) return [];
  if (actionUrl !== null) {
    const mail = actionRequiredMail(reader, invoice, actionUrl);
    return [{ template: 'payment_action_required', fact: invoice.id, mail }];
  }
  if (invoice.attemptCount === 0) return [];
  const overdue = subscriptions.find(({ id }) => id === invoice.subscriptionId);
  const policy = families.find(({ key }) => key === invoice.family)?.paymentFailure;
  const since = overdue === undefined ? null : overdueSince(overdue);
  const steps =
    since === null || policy === undefined ? [] : ladderOf(policy, since).filter(({ at }) => at > now);
  const mail = paymentFailedMail(reader, invoice, steps);
  return [{ template: 'payment_failed', fact: `${invoice.id}:${invoice.attemptCount}`, mail }];
}

function invoiceState(invoice: InvoiceRecord, subscriptions: readonly SubscriptionRecord[]) {
  const { paidAt, status, hostedUrl } = invoice;
  const waiting = subscriptions.find(({ actionUrl }) => actionUrl !== null && actionUrl === hostedUrl);
  return { paidAt, status, actionUrl: waiting?.actionUrl ?? null };
}

async function subscriptionNews(
  tx: MirrorTx,
  { account, organizationId, families, now }: AnnounceInput,
  record: SubscriptionRecord,
): Promise<News[]> {
  const reader = readerOf(account);
  const { id, status, trialEnd, endedAt, cancelAt, isCancelAtPeriodEnd } = record;
  const name = planName(families, record);
  if (status === 'trialing' && trialEnd !== null && isSoon(trialEnd, now, trialNoticeMs)) {
    const trial = { planName: name, endsAt: trialEnd, isRenewing: cancelAt === null };
    const fact = `${id}:${trialEnd.toISOString()}`;
    return [{ template: 'trial_ending', fact, mail: trialEndingMail(reader, trial) }];
  }
  if (
    status === 'active' &&
    !isCancelAtPeriodEnd &&
    cancelAt !== null &&
    isSoon(cancelAt, now, endNoticeMs)
  ) {
    const mail = planEndingMail(reader, { planName: name, endsAt: cancelAt });
    return [{ template: 'plan_ending', fact: `${id}:${cancelAt.toISOString()}`, mail }];
  }
  if (status === 'canceled' && endedAt !== null && isNews(endedAt, now)) {
    // The debt outlives the subscription: its invoice stays open.
    const isForDebt = (await tx.subscriptions.findFailedSince(organizationId, id)) !== null;
    const mail = subscriptionCanceledMail(reader, { planName: name, endedAt, isForDebt });
    return [{ template: 'subscription_canceled', fact: id, mail }];
  }
  return [];
}

function readerOf({ name, timeZone }: BillingAccount) {
  return { organizationName: name, timeZone };
}

function isNews(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() < newsMs;
}

/** Ahead and near: a trial that has just been ended is no longer `trialing`, and one of today is too late. */
function isSoon(at: Date, now: Date, noticeMs: number): boolean {
  const left = at.getTime() - now.getTime();
  return left > 0 && left <= noticeMs;
}
