import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';

const defaults = { cursor: '' };

/** What was written to people; without a mail server this is the only place where links can be read. */
export function EmailsPage() {
  const { values, set } = useUrlState(defaults);
  const query = useQuery(
    trpc.admin.events.emails.queryOptions(values.cursor === '' ? {} : { cursor: values.cursor }, {
      refetchInterval: liveIntervalMs,
    }),
  );
  return (
    <>
      <PageHeader title="E-mails" context="Admin" lead="Every message to people, sent or not." />
      <Block title="E-mails" subject="e-mails" query={query} shape="table" flush hideTitle>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState reason="never" title="Nothing has been written yet" />
          ) : (
            <>
              <DataTable
                caption="E-mails"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: 'subject',
                    header: 'Subject',
                    phone: 'title',
                    render: (row) => (
                      <details className="mg-details">
                        <summary>{row.subject}</summary>
                        <pre>{row.text}</pre>
                      </details>
                    ),
                  },
                  { key: 'to', header: 'To', render: (row) => row.to },
                  {
                    key: 'template',
                    header: 'Kind',
                    phone: 'hidden',
                    render: (row) => row.template.replaceAll('_', ' '),
                  },
                  {
                    key: 'status',
                    header: 'Status',
                    phone: 'value',
                    render: (row) => <StatusBadge status={row.status} />,
                  },
                  {
                    key: 'at',
                    header: 'Written',
                    align: 'end',
                    render: (row) => <DateTime at={row.createdAt} as="time" />,
                  },
                ]}
              />
              <Pager
                cursor={values.cursor}
                nextCursor={page.nextCursor}
                onCursor={(cursor) => set({ cursor })}
              />
            </>
          )
        }
      </Block>
    </>
  );
}
