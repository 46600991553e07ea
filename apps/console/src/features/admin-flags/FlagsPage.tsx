import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { Flag } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { flagState } from './flag-state.ts';
import { NewFlagDialog } from './NewFlagDialog.tsx';

const defaults = { state: 'all', q: '' };
const states = ['all', 'on', 'off', 'killed', 'stale'] as const;
const labels = { all: 'All', on: 'On', off: 'Off', killed: 'Killed', stale: 'Stale' } as const;

export function FlagsPage() {
  const router = useRouter();
  const session = useSession();
  const { values, set } = useUrlState(defaults);
  const [isCreating, setCreating] = useState(false);
  const state = oneOf(values.state, states);
  const query = useQuery(trpc.admin.flags.list.queryOptions());
  const all = query.data ?? [];
  return (
    <>
      <PageHeader
        title="Flags"
        context="Admin"
        lead="Who sees what, decided per organization. A new flag starts off, at 0 %."
        actions={
          <GuardedButton
            refusal={staffRefusal(session, 'super_admin')}
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setCreating(true)}
          >
            New flag
          </GuardedButton>
        }
      />
      <Tabs
        label="State"
        value={state}
        onChange={(value) => set({ state: value })}
        tabs={states.map((value) => ({
          value,
          label: labels[value],
          count: value === 'all' ? all.length : all.filter((flag) => flagState(flag) === value).length,
          tone: value === 'killed' ? ('danger' as const) : undefined,
        }))}
      />
      <Block title="Flags" subject="flags" query={query} shape="table" flush hideTitle>
        {(flags) => {
          const shown = flags.filter(
            (flag) =>
              (state === 'all' || flagState(flag) === state) &&
              `${flag.key} ${flag.description}`.toLowerCase().includes(values.q.toLowerCase()),
          );
          return (
            <>
              <div className="mg-filters mg-filters-top">
                <TextInput
                  className="mg-grow"
                  type="search"
                  aria-label="Search flags"
                  placeholder="Key or description"
                  leftSection={<IconSearch size={16} aria-hidden />}
                  value={values.q}
                  onChange={(event) => set({ q: event.currentTarget.value }, 'replace')}
                />
              </div>
              {shown.length === 0 ? (
                <EmptyState
                  reason={flags.length === 0 ? 'never' : 'filtered'}
                  title={flags.length === 0 ? 'No flag yet' : 'No flag matches'}
                  action={
                    flags.length === 0 ? undefined : (
                      <Button variant="default" onClick={() => set({ q: '', state: 'all' })}>
                        Clear the filters
                      </Button>
                    )
                  }
                >
                  A flag hides unfinished work, opens it to some organizations first, and closes it at once
                  when it misbehaves.
                </EmptyState>
              ) : (
                <DataTable
                  caption="Flags"
                  rows={shown}
                  rowKey={(row) => row.key}
                  onOpen={(row) => router.history.push(paths.adminFlag(row.key))}
                  columns={flagColumns}
                />
              )}
            </>
          );
        }}
      </Block>
      {isCreating ? <NewFlagDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

const flagColumns: Column<Flag>[] = [
  {
    key: 'key',
    header: 'Flag',
    phone: 'title',
    render: (row) => (
      <span className="mg-cell-two">
        <AppLink className="mg-cell-link" to={paths.adminFlag(row.key)}>
          {row.key}
        </AppLink>
        <span className="mg-muted mg-caption">{row.description}</span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    phone: 'value',
    render: (row) => <StatusBadge status={flagState(row)} />,
  },
  {
    key: 'rollout',
    header: 'Rollout',
    align: 'end',
    render: (row) => <span className="mg-figure">{row.rolloutPercent} %</span>,
  },
  {
    key: 'overrides',
    header: 'Overrides',
    align: 'end',
    render: (row) => <span className="mg-figure">{row.overrideCount}</span>,
  },
  { key: 'owner', header: 'Owner', render: (row) => row.owner },
  {
    key: 'changed',
    header: 'Changed',
    align: 'end',
    phone: 'hidden',
    render: (row) => <DateTime at={row.updatedAt} as="relative" />,
  },
];
