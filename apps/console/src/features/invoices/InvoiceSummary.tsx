import type { ReactNode } from 'react';
import { useOrganization } from '../../app/session.ts';
import type { Invoice } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { dateText } from '../../components/date-text.ts';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { Facts } from '../../ui/Facts.tsx';

/** The figures of a document, with what was taken back afterwards; nothing that is zero and says nothing. */
export function InvoiceSummary({ invoice }: { invoice: Invoice }) {
  const { timeZone } = useOrganization();
  const { currency } = invoice;
  const amount = (minor: string) => <Amount minor={minor} currency={currency} />;
  const given = (label: string, minor: string): [string, ReactNode][] =>
    minor === '0' ? [] : [[label, amount(`-${minor}`)]];
  return (
    <div className="mg-stack">
      <Facts
        facts={[
          ['For', <PeriodLabel key="p" period={invoice.period} timeZone={timeZone} />],
          ['Issued', dateText(invoice.issuedAt, timeZone)],
          ['Due', dateText(invoice.dueAt, timeZone)],
        ]}
      />
      <div className="mg-sum">
        <Facts
          facts={[
            ['Subtotal', amount(invoice.subtotalMinor)],
            ['Tax', amount(invoice.taxMinor)],
            ['Total', <strong key="t">{amount(invoice.totalMinor)}</strong>],
            ...given('Credit notes', invoice.creditedMinor),
            ['Paid', amount(invoice.amountPaidMinor)],
            ...given('Refunded', invoice.refundedMinor),
            ['Still due', <strong key="d">{amount(invoice.amountRemainingMinor)}</strong>],
          ]}
        />
      </div>
      <Facts facts={[['Stripe', <CopyText key="c" text={invoice.stripeInvoiceId} />]]} />
    </div>
  );
}
