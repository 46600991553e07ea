import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Drift } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ObjectName } from '../../components/ObjectName.tsx';
import { shortId } from '../../components/short-id.ts';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** Our mirror beside Stripe: what differs is shown, what is equal is counted. */
export function DriftBlock({ organization }: { organization: string }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const query = useQuery(trpc.admin.organizations.drift.queryOptions({ organization }));
  const resync = useMutation(
    trpc.admin.organizations.resync.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        await queryClient.invalidateQueries();
      },
    }),
  );
  const differing = (query.data ?? []).filter((row) => !row.equal).length;
  return (
    <Block
      title={titleOf(query.data, differing)}
      subject="the comparison"
      query={query}
      actions={
        <GuardedButton
          size="compact-sm"
          variant="default"
          refusal={staffRefusal(session, 'billing_ops')}
          onClick={() => setAsking(true)}
        >
          Resync
        </GuardedButton>
      }
    >
      {(rows) => (
        <>
          {rows.length === 0 ? (
            <EmptyState reason="never" title="Nothing to compare yet" />
          ) : (
            <Comparison rows={rows} />
          )}
          {isAsking ? (
            <ReasonDialog
              title="Resync from Stripe"
              opened
              onClose={() => setAsking(false)}
              confirmLabel="Resync"
              isPending={resync.isPending}
              error={resync.error === null ? null : showError(resync.error)}
              onConfirm={(reason) => resync.mutate({ organization, reason })}
            >
              {differing === 0
                ? 'Nothing differs now; the state is read again.'
                : `${counted(differing, 'field')} of ${rows.length} take Stripe’s value. Nothing is charged.`}
            </ReasonDialog>
          ) : null}
        </>
      )}
    </Block>
  );
}

function titleOf(rows: Drift[] | undefined, differing: number): string {
  if (rows === undefined) return 'Drift: ours and Stripe’s';
  if (differing === 0) return 'No drift: ours equals Stripe’s';
  return `Drift: ${counted(differing, 'field')} ${differing === 1 ? 'differs' : 'differ'}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function Comparison({ rows }: { rows: Drift[] }) {
  const differing = rows.filter((row) => !row.equal);
  const equal = rows.filter((row) => row.equal);
  const objects = new Set(equal.map((row) => row.object)).size;
  return (
    <div className="mg-stack">
      {differing.length === 0 ? null : <DriftTable caption="Differing fields" rows={differing} />}
      {equal.length === 0 ? null : (
        <details className="mg-details">
          <summary>
            {counted(equal.length, 'field')} of {counted(objects, 'object')}{' '}
            {equal.length === 1 ? 'is' : 'are'} equal
          </summary>
          <DriftTable caption="Equal fields" rows={equal} />
        </details>
      )}
    </div>
  );
}

function DriftTable({ caption, rows }: { caption: string; rows: Drift[] }) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={(row) => `${row.object} ${row.field}`}
      columns={[
        {
          key: 'field',
          header: 'Field',
          phone: 'title',
          render: (row) => (
            <span className="mg-cell-two">
              <span>{row.field}</span>
              <ObjectName object={row.object} />
            </span>
          ),
        },
        { key: 'local', header: 'Ours', render: (row) => <DriftCell value={row.local} row={row} /> },
        { key: 'remote', header: 'Stripe’s', render: (row) => <DriftCell value={row.remote} row={row} /> },
        ...(rows.some((row) => row.kind !== null)
          ? [{ key: 'why', header: 'Why', render: (row: Drift) => <Why row={row} /> }]
          : []),
      ]}
    />
  );
}

/** What happened and what to do, in words. */
function Why({ row }: { row: Drift }) {
  return (
    <span className="mg-caption">
      {row.what} <strong>{row.next}</strong>
      {row.cause === null ? null : <code className="mg-anywhere"> {row.cause}</code>}
    </span>
  );
}

function DriftCell({ value, row }: { value: string | null; row: Drift }) {
  return (
    <code className="mg-drift-cell" data-equal={row.equal}>
      {value === null ? '—' : shortId(value)}
    </code>
  );
}
