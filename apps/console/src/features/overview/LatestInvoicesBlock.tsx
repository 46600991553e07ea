import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { Amount } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

export function LatestInvoicesBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const query = useQuery(trpc.invoices.list.queryOptions({ organization, status: 'all', limit: 5 }));
  return (
    <Block
      title="Invoices"
      subject="invoices"
      query={query}
      shape="lines"
      actions={<AppLink to={paths.invoices(organization)}>All invoices</AppLink>}
    >
      {(page) =>
        page.items.length === 0 ? (
          <EmptyState reason="never" title="No invoices yet">
            The first one comes with your first plan.
          </EmptyState>
        ) : (
          <ul className="mg-short-list">
            {page.items.slice(0, 5).map((invoice) => (
              <li key={invoice.id}>
                <span className="mg-stack-xs">
                  <AppLink to={paths.invoice(organization, invoice.id)}>{invoice.number ?? 'Draft'}</AppLink>
                  <span className="mg-muted mg-caption">
                    <DateTime at={invoice.issuedAt ?? invoice.createdAt} timeZone={timeZone} />
                  </span>
                </span>
                <span className="mg-stack-xs mg-num">
                  <Amount minor={invoice.totalMinor} currency={invoice.currency} />
                  <StatusBadge status={invoice.isPastDue ? 'past_due' : invoice.status} />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Block>
  );
}
