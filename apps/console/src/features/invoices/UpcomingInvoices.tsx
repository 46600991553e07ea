import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Upcoming } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { fullDateText } from '../../components/date-text.ts';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** What the next invoice of every plan would say if it were written now: the plan's price and the usage so far. */
export function UpcomingInvoices() {
  const { slug: organization } = useOrganization();
  const query = useQuery(trpc.invoices.upcoming.queryOptions({ organization }));
  return (
    <Block title="Upcoming" subject="the next invoice" query={query} shape="table" flush hideTitle>
      {(upcoming) =>
        upcoming.length === 0 ? (
          <EmptyState
            reason="never"
            title="Nothing is due next"
            action={<ButtonLink to={paths.plans(organization)}>See plans</ButtonLink>}
          >
            No plan is running that renews.
          </EmptyState>
        ) : (
          [...upcoming]
            .sort((left, right) => left.at.localeCompare(right.at))
            .map((invoice, index) => <OneUpcoming key={`${invoice.at} ${String(index)}`} invoice={invoice} />)
        )
      }
    </Block>
  );
}

function OneUpcoming({ invoice }: { invoice: Upcoming }) {
  const { timeZone } = useOrganization();
  const { currency, lines } = invoice;
  const rows = lines.map((line, index) => ({ ...line, key: `${line.description} ${String(index)}` }));
  return (
    <section className="mg-upcoming" aria-label={`Invoice of ${fullDateText(invoice.at, timeZone)}`}>
      <div className="mg-row mg-row-between mg-upcoming-head">
        <h3>{fullDateText(invoice.at, timeZone)}</h3>
        <span className="mg-muted">if nothing more is used</span>
      </div>
      <DataTable
        caption="Lines so far"
        rows={rows}
        rowKey={(line) => line.key}
        columns={[
          { key: 'what', header: 'Description', phone: 'title', render: (line) => line.description },
          {
            key: 'amount',
            header: 'Amount so far',
            align: 'end',
            phone: 'value',
            render: (line) => <Amount minor={line.amountMinor} currency={currency} />,
          },
        ]}
        footer={
          <tr>
            <td data-phone="title">Total so far</td>
            <td data-phone="value" data-align="end">
              <Amount minor={invoice.totalMinor} currency={currency} />
            </td>
          </tr>
        }
      />
    </section>
  );
}
