import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import type { OutboxMessage } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { DeadMessageActions } from './DeadMessageActions.tsx';
import { SettleDialog, type Settling } from './SettleDialog.tsx';

/** Each message with its last error and, once given up, what can be done about it. */
export function MessageTable({ messages }: { messages: readonly OutboxMessage[] }) {
  const [settling, setSettling] = useState<Settling | null>(null);
  return (
    <>
      <DataTable
        caption="Messages"
        rows={messages}
        rowKey={(row) => row.id}
        columns={[
          { key: 'kind', header: 'Message', phone: 'title', render: (row) => <Message message={row} /> },
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
          {
            key: 'at',
            header: 'Written',
            align: 'end',
            render: (row) => <DateTime at={row.createdAt} as="time" />,
          },
          {
            key: 'actions',
            header: '',
            align: 'end',
            render: (row) => <DeadMessageActions message={row} onSettle={setSettling} />,
          },
        ]}
      />
      {settling === null ? null : <SettleDialog settling={settling} onClose={() => setSettling(null)} />}
    </>
  );
}

function Message({ message }: { message: OutboxMessage }) {
  const { kind, status, lastError, idempotencyKey, round, payload, attempts } = message;
  return (
    <>
      <details className="mg-details">
        <summary>{kind}</summary>
        <p className="mg-muted mg-caption mg-anywhere">
          Key {idempotencyKey}. Attempts: {attempts}
          {round === 0 ? '.' : `, put back by staff: ${round}.`}
        </p>
        <pre>{JSON.stringify(payload, null, 2)}</pre>
      </details>
      {lastError === null || status === 'done' ? null : (
        <span className="mg-tone-danger mg-caption mg-anywhere">{lastError}</span>
      )}
    </>
  );
}
