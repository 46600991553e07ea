import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { LineExplanation } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';

type Step = LineExplanation['steps'][number];

const kindWords = {
  on_demand: 'Billed on request',
  final: 'Billed at the end of the period',
  adjustment: 'Adjustment for what came later',
} as const;

/** Every time the usage of the period was billed; with one time the line says all there is. */
export function LineSteps({ steps }: { steps: readonly Step[] }) {
  const { slug } = useOrganization();
  if (steps.length < 2) return null;
  return (
    <div className="mg-bleed">
      <DataTable
        caption="How this period was billed"
        rows={steps.map((step, position) => ({ ...step, position }))}
        rowKey={({ position }) => String(position)}
        columns={columnsOf(slug)}
      />
    </div>
  );
}

function columnsOf(slug: string): Column<Step & { position: number }>[] {
  return [
    { key: 'kind', header: 'Step', phone: 'title', render: ({ kind }) => kindWords[kind] },
    { key: 'quantity', header: 'Counted', align: 'end', render: ({ quantity }) => quantityText(quantity) },
    {
      key: 'invoice',
      header: 'Invoice',
      render: ({ invoice, isThisLine }) =>
        isThisLine ? 'This line' : <InvoiceLink slug={slug} at={invoice} />,
    },
    {
      key: 'amount',
      header: 'Amount',
      align: 'end',
      phone: 'value',
      render: ({ amountMinor, currency }) => <Amount minor={amountMinor} currency={currency} />,
    },
  ];
}

function InvoiceLink({ slug, at }: { slug: string; at: Step['invoice'] }) {
  if (at === null) return <span className="mg-muted">not on one yet</span>;
  return <AppLink to={paths.invoice(slug, at.id)}>{at.number ?? 'Draft invoice'}</AppLink>;
}
