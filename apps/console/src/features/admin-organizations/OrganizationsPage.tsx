import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { readerLocale } from '../../app/locale.ts';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { AdminOrganizationRow } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { viewLabels } from '../../components/organization-views.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { selectColumn, useSelection } from '../../ui/use-selection.tsx';
import { BulkActions } from './BulkActions.tsx';
import { NewOrganizationDialog } from './NewOrganizationDialog.tsx';
import { organizationColumns } from './organization-columns.tsx';

const defaults = { view: 'all', q: '', sort: '-created', cursor: '', add: '' };
const views = ['all', 'past-due', 'over-limit', 'trialing', 'free', 'canceled'] as const;
const sorts = ['-created', '-mrr', 'name'] as const;

export function OrganizationsPage() {
  const session = useSession();
  const { values, set } = useUrlState(defaults);
  const view = oneOf(values.view, views);
  const sort = oneOf(values.sort, sorts);
  const query = useQuery(
    trpc.admin.organizations.list.queryOptions(
      {
        view,
        sort,
        ...(values.q === '' ? {} : { q: values.q }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const count = query.data?.approximateCount;
  return (
    <>
      <PageHeader
        title="Organizations"
        context="Admin"
        lead={count === undefined ? ' ' : `≈ ${new Intl.NumberFormat(readerLocale()).format(count)} in all`}
        actions={
          <>
            <CopyLink />
            <GuardedButton
              refusal={staffRefusal(session, 'billing_ops')}
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => set({ add: '1' })}
            >
              New organization
            </GuardedButton>
          </>
        }
      />
      <Tabs
        label="Saved views"
        value={view}
        onChange={(value) => set({ view: value, cursor: '' })}
        tabs={views.map((value) => ({
          value,
          label: viewLabels[value],
          count: query.data?.views[value],
          tone: value === 'past-due' || value === 'over-limit' ? ('danger' as const) : undefined,
        }))}
      />
      <Block title="Organizations" subject="organizations" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <TextInput
                className="mg-grow"
                type="search"
                aria-label="Search organizations"
                placeholder="Name, slug, id, e-mail, Stripe id or invoice number"
                leftSection={<IconSearch size={16} aria-hidden />}
                value={values.q}
                onChange={(event) => set({ q: event.currentTarget.value, cursor: '' }, 'replace')}
              />
              <Select
                aria-label="Sort"
                w={170}
                data={[
                  { value: '-created', label: 'Newest first' },
                  { value: '-mrr', label: 'Highest revenue' },
                  { value: 'name', label: 'Name' },
                ]}
                value={sort}
                onChange={(value) => set({ sort: value ?? sort, cursor: '' })}
              />
            </div>
            {page.items.length === 0 ? (
              <EmptyState
                reason={values.q === '' && view === 'all' ? 'never' : 'filtered'}
                title={values.q === '' && view === 'all' ? 'No organization yet' : 'No organization matches'}
                action={
                  values.q === '' && view === 'all' ? undefined : (
                    <Button variant="default" onClick={() => set({ q: '', view: 'all', cursor: '' })}>
                      Clear the filters
                    </Button>
                  )
                }
              >
                Ids begin with org_, Stripe customers with cus_, invoices with their number. Part of a name or
                an e-mail address is enough.
              </EmptyState>
            ) : (
              <ChosenTable rows={page.items} />
            )}
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(cursor) => set({ cursor })}
            />
          </>
        )}
      </Block>
      {values.add === '1' && staffRefusal(session, 'billing_ops') === null ? (
        <NewOrganizationDialog onClose={() => set({ add: '' })} />
      ) : null}
    </>
  );
}

function ChosenTable({ rows }: { rows: readonly AdminOrganizationRow[] }) {
  const router = useRouter();
  const { chosen, toggle, clear } = useSelection();
  const select = selectColumn<AdminOrganizationRow>({
    chosen,
    keyOf: (row) => row.id,
    nameOf: (row) => row.name,
    onToggle: toggle,
  });
  return (
    <>
      <BulkActions rows={rows.filter(({ id }) => chosen.has(id))} onClear={clear} />
      <DataTable
        caption="Organizations. Enter opens one, x chooses it."
        rows={rows}
        rowKey={(row) => row.id}
        columns={[select, ...organizationColumns]}
        onOpen={(row) => router.history.push(paths.adminOrganization(row.slug))}
        onSelect={(row) => toggle(row.id)}
      />
    </>
  );
}
