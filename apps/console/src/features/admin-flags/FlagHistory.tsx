import type { FlagDetail } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

export function FlagHistory({ flag }: { flag: FlagDetail }) {
  if (flag.history.length === 0) return <EmptyState reason="never" title="Not changed since it was made" />;
  return (
    <DataTable
      caption="History of the flag"
      rows={flag.history}
      rowKey={(row) => `${row.version} ${row.at}`}
      columns={[
        {
          key: 'version',
          header: 'Version',
          phone: 'value',
          render: (row) => <span className="mg-figure">{row.version}</span>,
        },
        { key: 'reason', header: 'Reason', phone: 'title', render: (row) => row.reason },
        { key: 'actor', header: 'By', render: (row) => row.actor },
        { key: 'at', header: 'When', render: (row) => <DateTime at={row.at} as="time" /> },
        {
          key: 'content',
          header: 'Content',
          phone: 'hidden',
          render: (row) => (
            <details className="mg-details">
              <summary>Show</summary>
              <pre>{JSON.stringify(row.content, null, 2)}</pre>
            </details>
          ),
        },
      ]}
    />
  );
}
