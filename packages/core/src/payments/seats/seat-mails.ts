import { composeMail, type MailForms } from '../mails/compose-mail.ts';
import type { MailReader } from '../mails/payment-mails.ts';
import { amountText, dayText } from '../summary/notice-text.ts';

interface BoughtSeats {
  planName: string;
  added: number;
  seats: number;
  max: number;
  dueNowMinor: bigint;
  currency: string;
  next: { at: string; amountMinor: string } | null;
  url: string;
}

export function seatsBoughtMail(reader: MailReader, bought: BoughtSeats): MailForms {
  const { planName, added, seats, max, dueNowMinor, currency, next, url } = bought;
  const what = added === 1 ? '1 seat was' : `${added} seats were`;
  const charge =
    dueNowMinor > 0n
      ? `${amountText(dueNowMinor, currency)} was charged for the rest of this billing period.`
      : 'Nothing was charged for the rest of this billing period.';
  const later =
    next === null
      ? ''
      : ` From ${dayText(new Date(next.at), reader.timeZone)} the plan costs ${amountText(BigInt(next.amountMinor), currency)} a period, without usage.`;
  return composeMail({
    subject: `${what} bought for ${planName}`,
    paragraphs: [
      `More people use ${planName} at ${reader.organizationName} than there were seats, so ${what} bought: ${seats} in all.`,
      `${charge}${later}`,
      `An owner agreed to this for up to ${max} seats and can change or end it at any time.`,
    ],
    action: { label: 'See the seats', url },
  });
}

export function autoBuyStoppedMail(reader: MailReader, stopped: { why: string; url: string }): MailForms {
  return composeMail({
    subject: 'Seats are no longer bought automatically',
    paragraphs: [
      `A seat that ${reader.organizationName} needs could not be bought. ${stopped.why}`,
      'Nothing was charged. Nobody else can join until seats are bought or given back; whoever is in stays in.',
      'Automatic buying is switched off until an owner switches it on again.',
    ],
    action: { label: 'See the seats', url: stopped.url },
  });
}
