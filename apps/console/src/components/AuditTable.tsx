import type { AuditRow } from '../app/views.ts';
import { CopyText } from '../ui/CopyText.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { DateTime } from './DateTime.tsx';
import { shortId } from './short-id.ts';

interface AuditTableProps {
  rows: readonly AuditRow[];
  timeZone?: string;
  /** Staff see which organization and which request. */
  isStaffView?: boolean;
}

/** Who changed what, with both identities when staff acted as somebody. */
export function AuditTable({ rows, timeZone, isStaffView = false }: AuditTableProps) {
  const zone = timeZone === undefined ? {} : { timeZone };
  const columns: Column<AuditRow>[] = [
    { key: 'at', header: 'When', render: (row) => <DateTime at={row.at} {...zone} as="time" /> },
    {
      key: 'what',
      header: 'What',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <span className="mg-strong">{actionText(row.action)}</span>
          {row.reason === null ? null : <span className="mg-muted mg-caption">“{row.reason}”</span>}
        </span>
      ),
    },
    {
      key: 'who',
      header: 'Who',
      render: (row) => (
        <span>
          <Actor name={row.actor} />
          {row.onBehalfOf === null ? '' : `, as ${row.onBehalfOf}`}
        </span>
      ),
    },
    {
      key: 'target',
      header: 'On',
      phone: 'hidden',
      render: (row) => (
        <span className="mg-cell-two">
          <span>{row.target.kind.replaceAll('_', ' ')}</span>
          {isStaffView && row.organization !== null ? (
            <span className="mg-muted mg-caption">{row.organization.slug}</span>
          ) : null}
        </span>
      ),
    },
    {
      key: 'change',
      header: 'Change',
      phone: 'hidden',
      render: (row) => <Change before={row.before} after={row.after} />,
    },
  ];
  return <DataTable caption="Audit log" columns={columns} rows={rows} rowKey={(row) => row.id} />;
}

const stripeEvent = /^Stripe event (evt_\w+)$/;

function Actor({ name }: { name: string }) {
  const event = stripeEvent.exec(name)?.[1];
  if (event === undefined) return name;
  return (
    <span className="mg-nowrap">
      Stripe <CopyText text={event} shown={shortId(event)} />
    </span>
  );
}

/** `subscription.plan_changed` → "Subscription plan changed". */
function actionText(action: string): string {
  const text = action.replaceAll(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Change({ before, after }: { before: unknown; after: unknown }) {
  if (before === null && after === null) return <span className="mg-muted">—</span>;
  return (
    <details className="mg-details">
      <summary>Details</summary>
      <pre>{JSON.stringify({ before, after }, null, 2)}</pre>
    </details>
  );
}
