import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import { declineText } from '../../invoices/read/decline-text.ts';
import type { PaymentStage } from '../../subscriptions/payment-ladder.ts';
import { amountText, dayText } from '../summary/notice-text.ts';
import { composeMail, type MailForms } from './compose-mail.ts';

/** Who reads it, and in which zone dates are printed. */
export interface MailReader {
  organizationName: string;
  timeZone: string;
}

const lossByStage: Readonly<Record<PaymentStage, string>> = {
  past_due: 'nothing stops',
  restricted: 'overage, new clients and new seats stop',
  suspended: 'the service stops; your data stays',
  canceled: 'the subscription ends; your data stays',
};

/** After money has moved; a trial's first invoice over nothing has no receipt. */
export function receiptMail(reader: MailReader, invoice: InvoiceRecord): MailForms {
  const amount = amountText(invoice.amountPaidMinor, invoice.currency);
  const day = invoice.paidAt === null ? '' : ` on ${dayText(invoice.paidAt, reader.timeZone)}`;
  return composeMail({
    subject: `Receipt for ${amount}${numbered(invoice)}`,
    paragraphs: [
      `${reader.organizationName} paid ${amount}${day}${numbered(invoice)}. Thank you.`,
      `The invoice covers ${dayText(invoice.periodStart, reader.timeZone)} to ${dayText(invoice.periodEnd, reader.timeZone)}.`,
    ],
    ...linked('See the invoice', invoice.hostedUrl),
  });
}

/** Amount, reason, the next attempt, and what stops on which day if nothing is paid. */
export function paymentFailedMail(
  reader: MailReader,
  invoice: InvoiceRecord,
  steps: ReadonlyArray<{ stage: PaymentStage; at: Date }>,
): MailForms {
  const amount = amountText(invoice.amountRemainingMinor, invoice.currency);
  const day = (at: Date) => dayText(at, reader.timeZone);
  const retry =
    invoice.nextAttemptAt === null
      ? 'We do not try again by ourselves; please pay it or use another card.'
      : `We try again on ${day(invoice.nextAttemptAt)}.`;
  const losses = steps.map(({ stage, at }) => `On ${day(at)} ${lossByStage[stage]}.`);
  return composeMail({
    subject: `Payment of ${amount} failed`,
    paragraphs: [
      `The payment of ${amount} by ${reader.organizationName} failed${numbered(invoice)}. ${declineText(invoice.lastFailure?.code ?? null)}`,
      retry,
      ...(losses.length === 0 ? [] : [`If it stays unpaid: ${losses.join(' ')}`]),
    ],
    ...linked(`Pay ${amount}`, invoice.hostedUrl),
  });
}

/** The bank wants to hear from the cardholder; we cannot do it for them. */
export function actionRequiredMail(reader: MailReader, invoice: InvoiceRecord, url: string): MailForms {
  const amount = amountText(invoice.amountRemainingMinor, invoice.currency);
  return composeMail({
    subject: `Approve the payment of ${amount}`,
    paragraphs: [
      `The bank wants the payment of ${amount} by ${reader.organizationName} to be approved${numbered(invoice)}. Until then it is not complete.`,
    ],
    action: { label: 'Approve the payment', url },
  });
}

export function trialEndingMail(
  reader: MailReader,
  trial: { planName: string; endsAt: Date; isRenewing: boolean },
): MailForms {
  const day = dayText(trial.endsAt, reader.timeZone);
  const then = trial.isRenewing
    ? 'Then the plan is charged. To end it without a charge, cancel before that day.'
    : 'Nothing will be charged; the plan ends that day.';
  return composeMail({
    subject: `The trial of ${trial.planName} ends on ${day}`,
    paragraphs: [`The trial of ${trial.planName} for ${reader.organizationName} ends on ${day}. ${then}`],
  });
}

export function subscriptionCanceledMail(
  reader: MailReader,
  ended: { planName: string; endedAt: Date; isForDebt: boolean },
): MailForms {
  const reason = ended.isForDebt ? ' because a payment was missing' : '';
  return composeMail({
    subject: `${ended.planName} has ended`,
    paragraphs: [
      `${ended.planName} for ${reader.organizationName} ended on ${dayText(ended.endedAt, reader.timeZone)}${reason}.`,
      'Your data stays. Usage that was not billed yet comes on a last invoice.',
    ],
  });
}

/** Once before the card's last month is over, and once after: the next payment would fail. */
export function cardExpiringMail(
  reader: MailReader,
  card: { last4: string; hasExpired: boolean; url: string },
): MailForms {
  const name = `The card ending in ${card.last4}`;
  const verb = card.hasExpired ? 'has expired' : 'expires at the end of the month';
  return composeMail({
    subject: `${name} ${card.hasExpired ? 'has expired' : 'expires soon'}`,
    paragraphs: [
      `${name}, with which ${reader.organizationName} pays, ${verb}. Without another one the next payment fails.`,
    ],
    action: { label: 'Update the card', url: card.url },
  });
}

/** An end that was agreed beforehand, so that nobody is surprised by it. */
export function planEndingMail(reader: MailReader, ending: { planName: string; endsAt: Date }): MailForms {
  const day = dayText(ending.endsAt, reader.timeZone);
  return composeMail({
    subject: `${ending.planName} ends on ${day}`,
    paragraphs: [
      `${ending.planName} for ${reader.organizationName} ends on ${day}, as agreed. Your data stays. Write to us to go on, or choose one of the plans.`,
    ],
  });
}

export function abandonedCheckoutMail(
  reader: MailReader,
  checkout: { planName: string; url: string },
): MailForms {
  return composeMail({
    subject: `Your order of ${checkout.planName} is not complete`,
    paragraphs: [
      `${reader.organizationName} began to order ${checkout.planName}. Nothing was charged, and the plan has not started.`,
    ],
    action: { label: 'Finish the order', url: checkout.url },
  });
}

function numbered({ number }: InvoiceRecord): string {
  return number === null ? '' : ` for invoice ${number}`;
}

function linked(label: string, url: string | null) {
  return url === null ? {} : { action: { label, url } };
}
