import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { dayEnd, dayStart } from './day-bounds.ts';
import { ExportButton } from './ExportButton.tsx';
import { invoiceColumns } from './invoice-columns.tsx';
import { UpcomingInvoice } from './UpcomingInvoice.tsx';

const defaults = { status: 'all', q: '', from: '', to: '', cursor: '' };
const statuses = ['all', 'open', 'past_due', 'paid', 'draft', 'void', 'uncollectible'] as const;
const labels: Readonly<Record<(typeof statuses)[number], string>> = {
  all: 'All',
  open: 'Open',
  past_due: 'Past due',
  paid: 'Paid',
  draft: 'Draft',
  void: 'Void',
  uncollectible: 'Written off',
};

export function InvoicesPage() {
  const { slug: organization, name, timeZone } = useOrganization();
  const router = useRouter();
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, statuses);
  const from = dayStart(values.from, timeZone);
  const to = dayEnd(values.to, timeZone);
  const filter = {
    organization,
    status,
    ...(values.q === '' ? {} : { q: values.q }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
  const query = useQuery(
    trpc.invoices.list.queryOptions(
      { ...filter, ...(values.cursor === '' ? {} : { cursor: values.cursor }) },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const counts = query.data?.counts ?? {};
  const isFiltered = values.q !== '' || values.from !== '' || values.to !== '';
  return (
    <>
      <PageHeader
        title="Invoices"
        context={name}
        lead={<UpcomingInvoice />}
        actions={
          <>
            <CopyLink />
            <ExportButton filter={filter} name={organization} />
          </>
        }
      />
      <Tabs
        label="Status"
        value={status}
        onChange={(value) => set({ status: value, cursor: '' })}
        tabs={statuses
          .filter((value) => value === 'all' || value === status || (counts[value] ?? 0) > 0)
          .map((value) => ({
            value,
            label: labels[value],
            count: counts[value],
            tone: value === 'past_due' ? ('danger' as const) : undefined,
          }))}
      />
      <Block title="Invoices" subject="invoices" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters">
              <TextInput
                className="mg-grow"
                type="search"
                label="Search"
                placeholder="Number or amount"
                leftSection={<IconSearch size={16} aria-hidden />}
                value={values.q}
                onChange={(event) => set({ q: event.currentTarget.value, cursor: '' }, 'replace')}
              />
              <TextInput
                type="date"
                label="From"
                value={values.from}
                onChange={(event) => set({ from: event.currentTarget.value, cursor: '' }, 'replace')}
              />
              <TextInput
                type="date"
                label="To"
                value={values.to}
                onChange={(event) => set({ to: event.currentTarget.value, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              isFiltered || status !== 'all' ? (
                <EmptyState
                  reason="filtered"
                  title="No invoice matches"
                  action={
                    <Button
                      variant="default"
                      onClick={() => set({ q: '', from: '', to: '', status: 'all', cursor: '' })}
                    >
                      Clear the filters
                    </Button>
                  }
                />
              ) : (
                <EmptyState reason="never" title="No invoices yet">
                  The first one is written when your first plan starts.
                </EmptyState>
              )
            ) : (
              <DataTable
                caption="Invoices"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={invoiceColumns({ organization, timeZone })}
                onOpen={(row) => router.history.push(paths.invoice(organization, row.id))}
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
