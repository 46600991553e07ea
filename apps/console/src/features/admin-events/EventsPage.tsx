import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { offerDownload } from '../../app/offer-download.ts';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { InboundEvent } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { NothingListed } from '../../components/NothingListed.tsx';
import { OrganizationFilter } from '../../components/OrganizationFilter.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { QueueTabs } from '../../components/QueueTabs.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { BulkReplay } from './BulkReplay.tsx';
import { eventsCsv } from './events-csv.ts';
import { lagText } from './lag-text.ts';

const defaults = { status: 'all', oddity: 'none', type: '', org: '', cursor: '' };
const oddities = ['none', 'other_mode', 'other_account', 'conflict'] as const;
const statuses = [
  'all',
  'failed',
  'dead',
  'processing',
  'received',
  'processed',
  'ignored',
  'parked',
] as const;
const labels = {
  all: 'All',
  failed: 'Failed',
  dead: 'Dead',
  processing: 'Processing',
  received: 'Received',
  processed: 'Processed',
  ignored: 'Ignored',
  parked: 'Parked',
} as const;

export function EventsPage() {
  const router = useRouter();
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, statuses);
  const oddity = oneOf(values.oddity, oddities);
  const query = useQuery(
    trpc.admin.events.list.queryOptions(
      {
        ...(status === 'all' ? {} : { status }),
        ...(oddity === 'none' ? {} : { oddity }),
        ...(values.type === '' ? {} : { type: values.type }),
        ...(values.org === '' ? {} : { organization: values.org }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const isFiltered = status !== 'all' || oddity !== 'none' || values.type !== '' || values.org !== '';
  return (
    <>
      <PageHeader
        title="Events"
        context="Admin"
        lead="Every webhook from Stripe, what it changed, and a way to run it again."
        actions={
          <>
            <BulkReplay events={query.data?.items ?? []} />
            <Button
              variant="default"
              disabled={(query.data?.items.length ?? 0) === 0}
              onClick={() => offerDownload(eventsCsv(query.data?.items ?? []), 'events.csv')}
            >
              Export CSV
            </Button>
            <CopyLink />
          </>
        }
      />
      <QueueTabs
        status={status}
        statuses={statuses}
        labels={labels}
        counts={query.data?.counts}
        onChange={(value) => set({ status: value, cursor: '' })}
      />
      <Block title="Events" subject="events" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <TextInput
                className="mg-grow"
                type="search"
                label="Type"
                placeholder="invoice.*"
                value={values.type}
                onChange={(event) => set({ type: event.currentTarget.value.trim(), cursor: '' }, 'replace')}
              />
              <Select
                label="Origin"
                value={oddity}
                allowDeselect={false}
                onChange={(value) => set({ oddity: value ?? 'none', cursor: '' })}
                data={[
                  { value: 'none', label: 'Any' },
                  { value: 'other_mode', label: 'The other mode' },
                  { value: 'other_account', label: 'Another account' },
                  { value: 'conflict', label: 'A known id, other content' },
                ]}
              />
              <OrganizationFilter
                value={values.org}
                onChange={(org) => set({ org, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <NothingListed
                isFiltered={isFiltered}
                filtered="No event matches"
                never="No event has arrived yet"
                onClear={() => set(defaults)}
              >
                Check that the webhook endpoint is connected at Stripe.
              </NothingListed>
            ) : (
              <DataTable
                caption="Events"
                rows={page.items}
                rowKey={(row) => row.id}
                onOpen={(row) => router.history.push(paths.adminEvent(row.id))}
                columns={eventColumns}
              />
            )}
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(cursor) => set({ cursor })}
            />
          </>
        )}
      </Block>
    </>
  );
}

const eventColumns: Column<InboundEvent>[] = [
  {
    key: 'type',
    header: 'Event',
    phone: 'title',
    render: (row) => (
      <span className="mg-cell-two">
        <AppLink className="mg-cell-link" to={paths.adminEvent(row.id)}>
          {row.type}
        </AppLink>
        {row.lastError === null ? (
          <code className="mg-muted">{row.objectId ?? row.externalId}</code>
        ) : (
          <span className="mg-tone-danger mg-caption">{row.lastError}</span>
        )}
      </span>
    ),
  },
  {
    key: 'status',
    header: 'Status',
    phone: 'value',
    render: (row) => <StatusBadge status={row.status} />,
  },
  {
    key: 'org',
    header: 'Organization',
    render: (row) =>
      row.organization === null ? (
        <span className="mg-muted">—</span>
      ) : (
        <AppLink className="mg-name" to={paths.adminOrganization(row.organization.slug)}>
          {row.organization.name}
        </AppLink>
      ),
  },
  {
    key: 'attempts',
    header: 'Attempts',
    align: 'end',
    phone: 'hidden',
    render: (row) => <span className="mg-figure">{row.attempts}</span>,
  },
  {
    key: 'lag',
    header: 'Lag',
    align: 'end',
    phone: 'hidden',
    render: (row) => <span className="mg-figure mg-nowrap">{lagText(row.lagMs)}</span>,
  },
  {
    key: 'at',
    header: 'Received',
    align: 'end',
    render: (row) => <DateTime at={row.receivedAt} as="time" />,
  },
];
