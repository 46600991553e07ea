import { useOrganization } from '../../app/session.ts';
import type { Invoice } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';

export function InvoiceTimeline({ invoice }: { invoice: Invoice }) {
  const { timeZone } = useOrganization();
  return (
    <ol className="mg-timeline">
      {invoice.timeline.map((entry) => (
        <li key={`${entry.at} ${entry.text}`} data-kind={entry.kind}>
          {entry.text}
          <span className="mg-muted mg-caption">
            <DateTime at={entry.at} timeZone={timeZone} as="time" />
          </span>
        </li>
      ))}
    </ol>
  );
}
