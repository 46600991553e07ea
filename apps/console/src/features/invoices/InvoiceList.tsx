import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { InvoiceRow } from '../../app/views.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { invoiceColumns } from './invoice-columns.tsx';
import { invoiceListDefaults, type Status } from './invoice-list-state.ts';

interface InvoiceListProps {
  query: BlockQuery<{ items: InvoiceRow[]; nextCursor: string | null }>;
  status: Status;
}

export function InvoiceList({ query, status }: InvoiceListProps) {
  const { slug: organization, timeZone } = useOrganization();
  const router = useRouter();
  const { values, set } = useUrlState(invoiceListDefaults);
  return (
    <Block title="Invoices" subject="invoices" query={query} shape="table" flush hideTitle>
      {(page) => (
        <>
          <Filters />
          {page.items.length === 0 ? (
            <NoInvoices status={status} />
          ) : (
            <DataTable
              caption="Invoices"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={invoiceColumns({ organization, timeZone })}
              onOpen={(row) => router.history.push(paths.invoice(organization, row.id))}
            />
          )}
          <Pager cursor={values.cursor} nextCursor={page.nextCursor} onCursor={(cursor) => set({ cursor })} />
        </>
      )}
    </Block>
  );
}

function Filters() {
  const { values, set } = useUrlState(invoiceListDefaults);
  return (
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
  );
}

function NoInvoices({ status }: { status: Status }) {
  const { values, set } = useUrlState(invoiceListDefaults);
  const isFiltered = values.q !== '' || values.from !== '' || values.to !== '' || status !== 'all';
  if (!isFiltered) {
    return (
      <EmptyState reason="never" title="No invoices yet">
        The first one is written when your first plan starts.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      reason="filtered"
      title="No invoice matches"
      action={
        <Button variant="default" onClick={() => set(invoiceListDefaults)}>
          Clear the filters
        </Button>
      }
    />
  );
}
