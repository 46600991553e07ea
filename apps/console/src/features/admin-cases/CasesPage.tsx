import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { AdminCase } from '../../app/views.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { CaseDialog } from './CaseDialog.tsx';
import { caseColumns } from './case-columns.tsx';

const defaults = { status: 'open', cursor: '', open: '' };
const statuses = ['open', 'credited', 'refused', 'all'] as const;
const labels = { open: 'To decide', credited: 'Credited', refused: 'Refused', all: 'All' } as const;

/** Lines that organizations question: each is decided by a credit note or by a reason why it stands. */
export function CasesPage() {
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, statuses);
  const query = useQuery(
    trpc.admin.cases.list.queryOptions(
      {
        ...(status === 'all' ? {} : { status }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { refetchInterval: liveIntervalMs },
    ),
  );
  return (
    <>
      <PageHeader
        title="Cases"
        context="Admin"
        lead="Lines of invoices that were questioned, and what was answered."
        actions={<CopyLink />}
      />
      <Tabs
        label="Status"
        value={status}
        onChange={(value) => set({ status: value, cursor: '' })}
        tabs={statuses.map((value) => ({ value, label: labels[value] }))}
      />
      <Block title="Cases" subject="cases" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            {page.items.length === 0 ? (
              <NoCases status={status} />
            ) : (
              <DataTable
                caption="Cases. Enter opens one."
                rows={page.items}
                rowKey={(row) => row.id}
                columns={caseColumns((row: AdminCase) => set({ open: row.id }))}
                onOpen={(row) => set({ open: row.id })}
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
      {values.open === '' ? null : <CaseDialog id={values.open} onClose={() => set({ open: '' })} />}
    </>
  );
}

function NoCases({ status }: { status: (typeof statuses)[number] }) {
  if (status === 'open') {
    return (
      <EmptyState reason="never" title="Nothing waits for a decision">
        A case opens when an organization questions a line of an invoice.
      </EmptyState>
    );
  }
  return <EmptyState reason="filtered" title="No case of this kind" />;
}
