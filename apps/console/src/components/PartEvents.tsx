import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../app/session.ts';
import { trpc } from '../app/trpc.ts';
import type { ListedPart, UsageEvent } from '../app/views.ts';
import { Content } from '../ui/Block.tsx';
import { CopyText } from '../ui/CopyText.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { Pager } from '../ui/Pager.tsx';
import { useClientNames } from './client-names.ts';
import { DateTime } from './DateTime.tsx';
import { Quantity } from './Quantity.tsx';

const pageSize = 25;

interface PartEventsProps {
  question: { meter: string; from: string; to: string; part: ListedPart };
  title: string;
}

/** The single events of one part of a total, newest first. */
export function PartEvents({ question, title }: PartEventsProps) {
  const { slug: organization, timeZone } = useOrganization();
  const nameOf = useClientNames();
  const [cursor, setCursor] = useState('');
  const page = cursor === '' ? {} : { cursor };
  const query = useQuery(
    trpc.usage.events.queryOptions(
      { organization, ...question, ...page, limit: pageSize },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <Content query={query} subject="events" shape="table">
      {({ items, nextCursor }) => (
        <>
          <DataTable
            caption={`Events: ${title}`}
            rows={items}
            rowKey={({ kind, id }) => `${kind} ${id}`}
            columns={columnsOf(timeZone, nameOf)}
          />
          <Pager cursor={cursor} nextCursor={nextCursor} onCursor={setCursor} />
        </>
      )}
    </Content>
  );
}

function columnsOf(timeZone: string, nameOf: (client: string) => string): Column<UsageEvent>[] {
  return [
    {
      key: 'at',
      header: 'Occurred',
      phone: 'title',
      render: ({ occurredAt }) => <DateTime at={occurredAt} timeZone={timeZone} as="time" />,
    },
    {
      key: 'recorded',
      header: 'Recorded',
      render: ({ recordedAt }) => <DateTime at={recordedAt} timeZone={timeZone} as="time" />,
    },
    // A correction is told by the event it corrects; its own id is made here and says nothing to the sender.
    {
      key: 'id',
      header: 'Event',
      phone: 'bare',
      render: ({ id, adjusts }) => <CopyText text={adjusts ?? id} />,
    },
    {
      key: 'client',
      header: 'Client',
      render: ({ client }) => (client === null ? '—' : nameOf(client)),
    },
    {
      key: 'subject',
      header: 'Belongs to',
      phone: 'hidden',
      render: ({ subject }) => (subject === null ? '—' : <code>{subject}</code>),
    },
    {
      key: 'quantity',
      header: 'Quantity',
      align: 'end',
      phone: 'value',
      render: ({ quantity }) => <Quantity value={quantity} />,
    },
  ];
}
