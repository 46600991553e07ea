import { useOrganization } from '../../app/session.ts';
import type { Invoice } from '../../app/views.ts';
import { Amount, unitPriceText } from '../../components/Amount.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { DataTable } from '../../ui/DataTable.tsx';

/** Quantity × price = amount, clients named, corrections marked. */
export function InvoiceLines({ invoice }: { invoice: Invoice }) {
  const { timeZone } = useOrganization();
  return (
    <DataTable
      caption="Lines of the invoice"
      rows={invoice.lines}
      rowKey={(line) => line.id}
      columns={[
        {
          key: 'what',
          header: 'Description',
          phone: 'title',
          render: (line) => (
            <span className="mg-cell-two">
              <span>
                {line.description} {line.isProration ? <span className="mg-tag">in proportion</span> : null}
              </span>
              <span className="mg-muted mg-caption">
                {line.client === null ? null : `${line.client.name} · `}
                <PeriodLabel period={line.period} timeZone={timeZone} />
              </span>
            </span>
          ),
        },
        {
          key: 'how',
          header: 'Quantity × price',
          align: 'end',
          render: (line) => (
            <span className="mg-muted mg-figure">
              {line.quantity === null ? '' : quantityText(line.quantity)}
              {line.unitPrice === null ? '' : ` × ${unitPriceText(line.unitPrice, line.currency)}`}
            </span>
          ),
        },
        {
          key: 'amount',
          header: 'Amount',
          align: 'end',
          phone: 'value',
          render: (line) => <Amount minor={line.amountMinor} currency={line.currency} />,
        },
      ]}
    />
  );
}
