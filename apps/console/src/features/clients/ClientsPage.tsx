import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { Client } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { AddClientDialog } from './AddClientDialog.tsx';
import { ArchiveClientDialog } from './ArchiveClientDialog.tsx';
import { ClientCeilings, useClientCeilings } from './ClientCeilings.tsx';

const defaults = { q: '', status: 'active', cursor: '', add: '' };
const statuses = ['active', 'paused', 'archived', 'all'] as const;

export function ClientsPage() {
  const { slug: organization, name, timeZone, role } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const [archived, setArchived] = useState<Client | null>(null);
  const ceilingsOf = useClientCeilings();
  const status = oneOf(values.status, statuses);
  const query = useQuery(
    trpc.clients.list.queryOptions(
      {
        organization,
        ...(values.q === '' ? {} : { q: values.q }),
        ...(status === 'all' ? {} : { status }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous },
    ),
  );
  const refusal = role === 'member' ? 'Only owners and admins change clients.' : null;
  return (
    <>
      <PageHeader
        title="Clients"
        context={name}
        lead="Your own customers. Usage is broken down by them, and some plans bill per client."
        actions={
          <GuardedButton
            refusal={refusal}
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => set({ add: '1' })}
          >
            Add a client
          </GuardedButton>
        }
      />
      <Tabs
        label="Status"
        value={status}
        onChange={(value) => set({ status: value, cursor: '' })}
        tabs={[
          { value: 'active', label: 'Active' },
          { value: 'paused', label: 'Paused' },
          { value: 'archived', label: 'Archived' },
          { value: 'all', label: 'All' },
        ]}
      />
      <Block title="Clients" subject="clients" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters">
              <TextInput
                className="mg-grow"
                type="search"
                aria-label="Search clients"
                placeholder="Name or your own id"
                leftSection={<IconSearch size={16} aria-hidden />}
                value={values.q}
                onChange={(event) => set({ q: event.currentTarget.value, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <NoClients
                isFiltered={values.q !== '' || status !== 'active'}
                onClear={() => set({ q: '', status: 'active' })}
              />
            ) : (
              <DataTable
                caption="Clients"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={clientColumns({ refusal, timeZone, ceilingsOf, onArchive: setArchived })}
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
      {values.add === '1' && refusal === null ? <AddClientDialog onClose={() => set({ add: '' })} /> : null}
      {archived === null ? null : <ArchiveClientDialog client={archived} onClose={() => setArchived(null)} />}
    </>
  );
}

function NoClients({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState
        reason="filtered"
        title="No client matches"
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState reason="never" title="Add the first client">
      Then report usage with its id, and see here and on the invoice what each client costs.
    </EmptyState>
  );
}

interface ClientActions {
  refusal: string | null;
  timeZone: string;
  ceilingsOf: ReturnType<typeof useClientCeilings>;
  onArchive: (client: Client) => void;
}

function clientColumns({ refusal, timeZone, ceilingsOf, onArchive }: ClientActions): Column<Client>[] {
  return [
    {
      key: 'name',
      header: 'Client',
      phone: 'title',
      render: (row) => <span className="mg-strong">{row.name}</span>,
    },
    {
      key: 'status',
      header: 'Status',
      phone: 'value',
      render: (row) => <StatusBadge status={row.status} />,
    },
    {
      key: 'external',
      header: 'Your id',
      render: (row) => (row.externalId === null ? '—' : <code>{row.externalId}</code>),
    },
    {
      key: 'since',
      header: 'Since',
      render: (row) => <DateTime at={row.createdAt} timeZone={timeZone} />,
    },
    {
      key: 'ceilings',
      header: 'Limits and budget',
      render: (row) =>
        row.status === 'archived' ? '—' : <ClientCeilings client={row} {...ceilingsOf(row.id)} />,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      render: (row) =>
        row.status === 'archived' ? null : (
          <GuardedButton size="compact-sm" variant="subtle" refusal={refusal} onClick={() => onArchive(row)}>
            Archive<span className="mg-sr-only"> {row.name}</span>
          </GuardedButton>
        ),
    },
  ];
}
