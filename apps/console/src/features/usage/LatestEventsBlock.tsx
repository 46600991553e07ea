import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useClientNames } from '../../components/client-names.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { Quantity } from '../../components/Quantity.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

const shownMax = 50;
const kindWords = { usage: 'Usage', void: 'Voided', amend: 'Amended' } as const;

export function LatestEventsBlock({ meter }: { meter: string }) {
  const { slug: organization, timeZone } = useOrganization();
  const nameOf = useClientNames();
  const [isPaused, setPaused] = useState(false);
  const query = useQuery(
    trpc.usage.events.queryOptions(
      { organization, meter, limit: shownMax },
      // Paused, also what the stream announces must not move the list.
      { enabled: !isPaused, refetchInterval: liveIntervalMs },
    ),
  );
  const Icon = isPaused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Block
      title="Latest events"
      subject="events"
      query={query}
      shape="table"
      flush
      actions={
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      }
    >
      {(page) =>
        page.items.length === 0 ? (
          <EmptyState reason="never" title="No events yet">
            They appear here seconds after they are reported.
          </EmptyState>
        ) : (
          <DataTable
            caption="Latest events"
            rows={page.items}
            rowKey={(row) => `${row.kind} ${row.id}`}
            columns={[
              {
                key: 'at',
                header: 'Occurred',
                phone: 'title',
                render: (row) => <DateTime at={row.occurredAt} timeZone={timeZone} as="time" />,
              },
              { key: 'id', header: 'Event', render: (row) => <CopyText text={row.adjusts ?? row.id} /> },
              {
                key: 'client',
                header: 'Client',
                render: (row) => (row.client === null ? '—' : nameOf(row.client)),
              },
              {
                key: 'subject',
                header: 'Belongs to',
                render: (row) => (row.subject === null ? '—' : <code>{row.subject}</code>),
              },
              { key: 'kind', header: 'Kind', render: (row) => kindWords[row.kind] },
              {
                key: 'quantity',
                header: 'Quantity',
                align: 'end',
                phone: 'value',
                render: (row) => <Quantity value={row.quantity} />,
              },
            ]}
          />
        )
      }
    </Block>
  );
}
