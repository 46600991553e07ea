import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { RejectedEvent } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';

const defaults = { cursor: '' };

export function RejectedBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const cursor = values.cursor === '' ? {} : { cursor: values.cursor };
  const query = useQuery(trpc.usage.rejected.queryOptions({ organization, ...cursor }));
  return (
    <Block title="Rejected events" subject="rejected events" query={query} shape="table" flush>
      {(page) =>
        page.items.length === 0 ? (
          <EmptyState reason="never" title="Nothing was rejected in 30 days">
            Events that could not be counted wait here with their reason and can be sent again.
          </EmptyState>
        ) : (
          <>
            <DataTable
              caption="Rejected events"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: 'reason',
                  header: 'Reason',
                  phone: 'title',
                  render: (row) => (
                    <span className="mg-cell-two">
                      <span>{row.message}</span>
                      <code className="mg-muted">{row.code}</code>
                    </span>
                  ),
                },
                { key: 'event', header: 'Event', render: (row) => <code>{row.eventId ?? '—'}</code> },
                {
                  key: 'at',
                  header: 'Received',
                  render: (row) => <DateTime at={row.receivedAt} timeZone={timeZone} as="time" />,
                },
                {
                  key: 'do',
                  header: '',
                  align: 'end',
                  phone: 'value',
                  render: (row) => <Resend row={row} />,
                },
              ]}
            />
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(next) => set({ cursor: next })}
            />
          </>
        )
      }
    </Block>
  );
}

function Resend({ row }: { row: RejectedEvent }) {
  const { slug: organization } = useOrganization();
  const resend = useMutation(
    trpc.usage.resendRejected.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  if (row.resentAt !== null) {
    return (
      <span className="mg-muted">
        Sent again <DateTime at={row.resentAt} />
      </span>
    );
  }
  return (
    <span className="mg-row mg-row-end">
      {resend.error === null ? null : (
        <span role="alert" className="mg-field-error">
          {showError(resend.error).text}
        </span>
      )}
      <Button
        size="compact-sm"
        variant="default"
        loading={resend.isPending}
        onClick={() => resend.mutate({ organization, id: row.id })}
      >
        Send again
      </Button>
    </span>
  );
}
