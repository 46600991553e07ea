import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { Amount } from '../../components/Amount.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';

const defaults = { cursor: '' };

export function InvoicesTab({ organization }: { organization: string }) {
  const { values, set } = useUrlState(defaults);
  const query = useQuery(
    trpc.admin.organizations.invoices.queryOptions({
      organization,
      ...(values.cursor === '' ? {} : { cursor: values.cursor }),
    }),
  );
  return (
    <Block title="Invoices" subject="invoices" query={query} shape="table" flush hideTitle>
      {(page) =>
        page.items.length === 0 ? (
          <EmptyState reason="never" title="No invoices" />
        ) : (
          <>
            <DataTable
              caption="Invoices"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: 'number',
                  header: 'Invoice',
                  phone: 'title',
                  render: (row) => <span className="mg-strong">{row.number ?? 'Draft'}</span>,
                },
                {
                  key: 'date',
                  header: 'Date',
                  render: (row) => <DateTime at={row.issuedAt ?? row.createdAt} />,
                },
                {
                  key: 'period',
                  header: 'For',
                  phone: 'hidden',
                  render: (row) => <PeriodLabel period={row.period} />,
                },
                {
                  key: 'status',
                  header: 'Status',
                  phone: 'bare',
                  render: (row) => <StatusBadge status={row.isPastDue ? 'past_due' : row.status} />,
                },
                {
                  key: 'due',
                  header: 'Due',
                  align: 'end',
                  render: (row) => <Amount minor={row.amountRemainingMinor} currency={row.currency} />,
                },
                {
                  key: 'total',
                  header: 'Total',
                  align: 'end',
                  phone: 'value',
                  render: (row) => <Amount minor={row.totalMinor} currency={row.currency} />,
                },
              ]}
            />
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(cursor) => set({ cursor })}
            />
          </>
        )
      }
    </Block>
  );
}
