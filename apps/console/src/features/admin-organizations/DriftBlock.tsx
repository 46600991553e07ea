import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Drift } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ObjectName } from '../../components/ObjectName.tsx';
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
    <>
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
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState reason="never" title="Nothing to compare yet" />
          ) : (
            <Comparison rows={rows} />
          )
        }
      </Block>
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
          {consequence(query.data, differing)}
        </ReasonDialog>
      ) : null}
    </>
  );
}

function consequence(rows: Drift[] | undefined, differing: number): string {
  if (rows === undefined) return 'Everything is read again and takes Stripe’s value. Nothing is charged.';
  if (differing === 0) return 'Nothing differs now; the state is read again.';
  return `${differing} of ${counted(rows.length, 'field')} ${differing === 1 ? 'takes' : 'take'} Stripe’s value. Nothing is charged.`;
}

function titleOf(rows: Drift[] | undefined, differing: number): string {
  if (rows === undefined || rows.length === 0) return 'Drift: ours and Stripe’s';
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
      {differing.length === 0 ? null : (
        <ul className="mg-stack" aria-label="Differing fields">
          {differing.map((row) => (
            <Difference key={`${row.object} ${row.field}`} row={row} />
          ))}
        </ul>
      )}
      {equal.length === 0 ? null : (
        <details className="mg-details">
          <summary>
            {counted(equal.length, 'field')} of {counted(objects, 'object')}{' '}
            {equal.length === 1 ? 'is' : 'are'} equal
          </summary>
          <EqualFields rows={equal} />
        </details>
      )}
    </div>
  );
}

/** Both values in full, what happened and what to do. */
function Difference({ row }: { row: Drift }) {
  return (
    <li className="mg-stack-xs">
      <span className="mg-row mg-row-between">
        <strong>{row.field}</strong>
        <ObjectName object={row.object} />
      </span>
      <dl className="mg-drift-values">
        <dt>Ours</dt>
        <dd>
          <code>{row.local ?? '—'}</code>
        </dd>
        <dt>Stripe’s</dt>
        <dd>
          <code>{row.remote ?? '—'}</code>
        </dd>
      </dl>
      {row.what === null ? null : <p>{row.what}</p>}
      {row.next === null ? null : (
        <p>
          <strong>Next:</strong> {row.next}
        </p>
      )}
      {row.cause === null ? null : <p className="mg-muted mg-caption mg-anywhere">Because of {row.cause}.</p>}
    </li>
  );
}

function EqualFields({ rows }: { rows: Drift[] }) {
  return (
    <DataTable
      caption="Equal fields"
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
        {
          key: 'value',
          header: 'Ours and Stripe’s',
          render: (row) => <code className="mg-anywhere">{row.local ?? '—'}</code>,
        },
      ]}
    />
  );
}
