import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import type { LineExplanation } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { CopyText } from '../../ui/CopyText.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

const shownAtFirst = 10;
const kindWords = { usage: 'Usage', void: 'Voided', amend: 'Amended' } as const;

/** The facts at the bottom of a charge: what was reported, when, for whom. */
export function LineEvents({ explanation }: { explanation: LineExplanation }) {
  const { timeZone } = useOrganization();
  const [isOpen, setOpen] = useState(false);
  const { events, hasMoreEvents } = explanation;
  if (events.length === 0) {
    return (
      <EmptyState reason="never" title="No events in this period">
        Nothing was reported for this meter, so nothing but a minimum can be charged.
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable
        caption="Latest events that the line counts"
        rows={isOpen ? events : events.slice(0, shownAtFirst)}
        rowKey={(event) => `${event.kind} ${event.id}`}
        columns={[
          {
            key: 'at',
            header: 'Occurred',
            phone: 'title',
            render: (event) => <DateTime at={event.occurredAt} timeZone={timeZone} as="time" />,
          },
          {
            key: 'id',
            header: 'Event',
            phone: 'bare',
            render: (event) => <CopyText text={event.adjusts ?? event.id} />,
          },
          { key: 'client', header: 'Client', render: (event) => event.client?.name ?? '—' },
          {
            key: 'subject',
            header: 'Belongs to',
            phone: 'hidden',
            render: (event) => (event.subject === null ? '—' : <code>{event.subject}</code>),
          },
          { key: 'kind', header: 'Kind', phone: 'hidden', render: (event) => kindWords[event.kind] },
          {
            key: 'quantity',
            header: 'Quantity',
            align: 'end',
            phone: 'value',
            render: (event) => quantityText(event.quantity),
          },
        ]}
      />
      <More
        count={events.length}
        hasMore={hasMoreEvents}
        isOpen={isOpen || events.length <= shownAtFirst}
        onOpen={() => setOpen(true)}
      />
    </>
  );
}

interface MoreProps {
  count: number;
  hasMore: boolean;
  isOpen: boolean;
  onOpen: () => void;
}

function More({ count, hasMore, isOpen, onOpen }: MoreProps) {
  if (!isOpen) {
    return (
      <p className="mg-pad">
        <button type="button" className="mg-link" onClick={onOpen}>
          Show {hasMore ? `the latest ${count}` : `all ${count}`}
        </button>
      </p>
    );
  }
  return hasMore ? <p className="mg-pad mg-muted">The latest {count}. The CSV has all of them.</p> : null;
}
