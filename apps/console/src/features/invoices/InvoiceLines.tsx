import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Invoice, LineCase } from '../../app/views.ts';
import { Amount, unitPriceText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { CaseBadge } from './CaseBadge.tsx';

type Line = Invoice['lines'][number];

/** Quantity × price = amount; every line opens into how it came about. */
export function InvoiceLines({ invoice }: { invoice: Invoice }) {
  const { slug: organization } = useOrganization();
  const router = useRouter();
  const cases = useQuery(trpc.invoices.cases.queryOptions({ organization, invoiceId: invoice.id }));
  const pathOf = (line: Line) => paths.invoiceLine(organization, invoice.id, line.id);
  return (
    <DataTable
      caption="Lines of the invoice. Enter explains a line."
      rows={invoice.lines}
      rowKey={(line) => line.id}
      onOpen={(line) => router.history.push(pathOf(line))}
      columns={[whatColumn(pathOf, cases.data ?? []), howColumn, amountColumn]}
    />
  );
}

function whatColumn(pathOf: (line: Line) => string, cases: readonly LineCase[]): Column<Line> {
  return {
    key: 'what',
    header: 'Description',
    phone: 'title',
    render: (line) => (
      <span className="mg-cell-two">
        <span className="mg-row">
          <AppLink className="mg-cell-link" to={pathOf(line)}>
            {line.description}
          </AppLink>
          {line.isProration ? <span className="mg-tag">in proportion</span> : null}
          <CaseBadge of={cases.find(({ lineId }) => lineId === line.id)} />
        </span>
        <LineContext line={line} />
      </span>
    ),
  };
}

function LineContext({ line }: { line: Line }) {
  const { timeZone } = useOrganization();
  return (
    <span className="mg-muted mg-caption">
      {line.client === null ? null : `${line.client.name} · `}
      <PeriodLabel period={line.period} timeZone={timeZone} />
    </span>
  );
}

const howColumn: Column<Line> = {
  key: 'how',
  header: 'Quantity × price',
  align: 'end',
  render: (line) => (
    <span className="mg-muted mg-figure mg-nowrap">
      {line.quantity === null ? '' : quantityText(line.quantity)}
      {line.unitPrice === null ? '' : ` × ${unitPriceText(line.unitPrice, line.currency)}`}
    </span>
  ),
};

const amountColumn: Column<Line> = {
  key: 'amount',
  header: 'Amount',
  align: 'end',
  phone: 'value',
  render: (line) => <Amount minor={line.amountMinor} currency={line.currency} />,
};
