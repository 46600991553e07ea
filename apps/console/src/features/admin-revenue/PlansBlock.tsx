import type { Revenue } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { percentText, shareOf } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** Which plans the monthly figure consists of. */
export function PlansBlock({ query, currency }: { query: BlockQuery<Revenue>; currency: string }) {
  return (
    <Block title="By plan" subject="the plans" query={query} shape="table" flush>
      {({ currencies }) => {
        const figures = currencies.find((one) => one.currency === currency);
        if (figures === undefined || figures.plans.length === 0) {
          return <EmptyState reason="never" title="No plan is paid for in this currency now" />;
        }
        return (
          <DataTable
            caption="Revenue by plan"
            rows={figures.plans}
            rowKey={(row) => `${row.family}/${row.plan}`}
            columns={[
              {
                key: 'plan',
                header: 'Plan',
                phone: 'title',
                render: (row) => (row.plan === row.family ? row.family : `${row.family} · ${row.plan}`),
              },
              {
                key: 'count',
                header: 'Subscriptions',
                align: 'end',
                render: (row) => String(row.subscriptions),
              },
              {
                key: 'share',
                header: 'Share',
                align: 'end',
                render: (row) => percentText(shareOf(row.amountMinor, figures.mrrMinor)),
              },
              {
                key: 'amount',
                header: 'Per month',
                align: 'end',
                phone: 'value',
                render: (row) => <Amount minor={row.amountMinor} currency={currency} />,
              },
            ]}
          />
        );
      }}
    </Block>
  );
}
