import { useOrganization } from '../../app/session.ts';
import type { LineExplanation } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { CopyText } from '../../ui/CopyText.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

const kindWords = { usage: 'Usage', void: 'Voided', amend: 'Amended' } as const;

/** The facts at the bottom of a charge: what was reported, when, for whom. */
export function LineEvents({ explanation }: { explanation: LineExplanation }) {
  const { timeZone } = useOrganization();
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
        rows={events}
        rowKey={(event) => `${event.kind} ${event.id}`}
        columns={[
          {
            key: 'at',
            header: 'Occurred',
            phone: 'title',
            render: (event) => <DateTime at={event.occurredAt} timeZone={timeZone} as="time" />,
          },
          { key: 'id', header: 'Event', phone: 'bare', render: (event) => <CopyText text={event.id} /> },
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
      {hasMoreEvents ? (
        <p className="mg-pad mg-muted">The latest 50. The CSV above has all of them.</p>
      ) : null}
    </>
  );
}
