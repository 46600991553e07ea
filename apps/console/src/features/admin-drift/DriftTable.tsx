import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { DriftFinding } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ObjectName } from '../../components/ObjectName.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import './drift.css';

/** Each difference with what happened, what to do next, and its fields on demand. */
export function DriftTable({ findings }: { findings: readonly DriftFinding[] }) {
  const [accepting, setAccepting] = useState<DriftFinding | null>(null);
  return (
    <>
      <DataTable
        caption="Differences"
        rows={findings}
        rowKey={(row) => row.id}
        columns={[
          {
            key: 'kind',
            header: 'Difference',
            phone: 'title',
            render: (row) => <Difference finding={row} />,
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
            render: (row) => (
              <AppLink className="mg-name" to={paths.adminOrganization(row.organization.slug)}>
                {row.organization.name}
              </AppLink>
            ),
          },
          { key: 'found', header: 'Found', align: 'end', render: (row) => <Found finding={row} /> },
          {
            key: 'actions',
            header: '',
            align: 'end',
            render: (row) => <Accept finding={row} onAccept={setAccepting} />,
          },
        ]}
      />
      {accepting === null ? null : <AcceptDialog finding={accepting} onClose={() => setAccepting(null)} />}
    </>
  );
}

function Difference({ finding }: { finding: DriftFinding }) {
  const { label, what, next, object, fields, cause, reason, settledBy } = finding;
  return (
    <div className="mg-stack-xs">
      <span className="mg-cell-two">
        <strong>{label}</strong>
        <ObjectName object={object} />
      </span>
      <details className="mg-details mg-drift-details">
        <summary>
          {fields.length} {fields.length === 1 ? 'field' : 'fields'}: what happened, what to do
        </summary>
        <p>{what}</p>
        <p>
          <strong>Next:</strong> {next}
        </p>
        <dl className="mg-drift-fields mg-caption">
          {fields.map(({ field, local, remote }) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd className="mg-anywhere">
                ours <code>{local ?? '—'}</code>, Stripe’s <code>{remote ?? '—'}</code>
              </dd>
            </div>
          ))}
        </dl>
        {cause === null ? null : <p className="mg-muted mg-caption mg-anywhere">Because of {cause}.</p>}
        {settledBy === null ? null : (
          <p className="mg-muted mg-caption">
            {settledBy}: {reason}
          </p>
        )}
      </details>
    </div>
  );
}

function Found({ finding: { lastFoundAt, times } }: { finding: DriftFinding }) {
  return (
    <span className="mg-cell-two mg-drift-found">
      <DateTime at={lastFoundAt} as="time" />{' '}
      {times === 1 ? null : <span className="mg-muted mg-caption">{quantityText(String(times))} times</span>}
    </span>
  );
}

function Accept({ finding, onAccept }: { finding: DriftFinding; onAccept: (finding: DriftFinding) => void }) {
  const refusal = staffRefusal(useSession(), 'billing_ops');
  if (finding.status !== 'open') return null;
  return (
    <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => onAccept(finding)}>
      Accept
    </GuardedButton>
  );
}

function AcceptDialog({ finding, onClose }: { finding: DriftFinding; onClose: () => void }) {
  const { isPending, error, mutate } = useMutation(
    trpc.admin.drift.accept.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <ReasonDialog
      title="Accept this difference"
      opened
      onClose={onClose}
      confirmLabel="Accept"
      isPending={isPending}
      error={error === null ? null : showError(error)}
      onConfirm={(reason) => mutate({ id: finding.id, reason })}
    >
      <p>
        {finding.label}: <span className="mg-anywhere">{finding.object}</span> of {finding.organization.name}.
      </p>
      <p className="mg-muted">
        Nothing is changed. It is not told again unless it becomes another difference.
      </p>
    </ReasonDialog>
  );
}
