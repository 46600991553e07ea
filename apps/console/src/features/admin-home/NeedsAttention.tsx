import { useQuery } from '@tanstack/react-query';
import { now } from '../../app/now.ts';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText, timeText } from '../../components/date-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

interface Item {
  key: string;
  status: string;
  text: string;
  to: string;
  since: string;
}

const live = { refetchInterval: liveIntervalMs };
const shownMax = 5;

/** Past-due organizations and events that could not be processed, each with the screen that solves it. */
export function NeedsAttention() {
  const pastDue = useQuery(
    trpc.admin.organizations.list.queryOptions({ view: 'past-due', limit: shownMax }, live),
  );
  const failed = useQuery(trpc.admin.events.list.queryOptions({ status: 'failed', limit: shownMax }, live));
  const dead = useQuery(trpc.admin.events.list.queryOptions({ status: 'dead', limit: shownMax }, live));
  const data =
    pastDue.data === undefined || failed.data === undefined || dead.data === undefined
      ? undefined
      : toItems(pastDue.data.items, [...dead.data.items, ...failed.data.items]);
  const retry = () => Promise.all([pastDue.refetch(), failed.refetch(), dead.refetch()]);
  const query = { ...pastDue, data, error: pastDue.error ?? failed.error ?? dead.error, refetch: retry };
  return (
    <Block title="Needs a person" subject="the queue" query={query} shape="table" flush>
      {(items: Item[]) =>
        items.length === 0 ? (
          <EmptyState reason="never" title={`The queue is clear, checked ${timeText(now().toISOString())}`} />
        ) : (
          <DataTable
            caption="Needs a person"
            rows={items}
            rowKey={(row) => row.key}
            columns={[
              {
                key: 'what',
                header: 'What',
                phone: 'title',
                render: (row) => (
                  <AppLink className="mg-cell-link" to={row.to}>
                    {row.text}
                  </AppLink>
                ),
              },
              {
                key: 'status',
                header: 'State',
                phone: 'value',
                render: (row) => <StatusBadge status={row.status} />,
              },
              {
                key: 'since',
                header: 'Since',
                align: 'end',
                render: (row) => <span className="mg-figure mg-muted">{dateText(row.since)}</span>,
              },
            ]}
          />
        )
      }
    </Block>
  );
}

interface PastDueOrganization {
  id: string;
  slug: string;
  name: string;
  pastDueSince: string | null;
  createdAt: string;
}

interface StuckEvent {
  id: string;
  type: string;
  status: string;
  receivedAt: string;
  organization: { name: string } | null;
}

function toItems(organizations: readonly PastDueOrganization[], events: readonly StuckEvent[]): Item[] {
  return [
    ...organizations.map((row) => ({
      key: row.id,
      status: 'past_due',
      text: row.name,
      to: paths.adminOrganization(row.slug, { tab: 'invoices' }),
      since: row.pastDueSince ?? row.createdAt,
    })),
    ...events.map((row) => ({
      key: row.id,
      status: row.status,
      text: `${row.type}${row.organization === null ? '' : ` · ${row.organization.name}`}`,
      to: paths.adminEvent(row.id),
      since: row.receivedAt,
    })),
  ];
}
