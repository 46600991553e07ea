import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { amountText } from '../../components/Amount.tsx';
import { dateText } from '../../components/date-text.ts';

/** "Next: 1 Dec, about $655.00". Says nothing rather than something wrong. */
export function UpcomingSentence() {
  const { slug: organization, timeZone } = useOrganization();
  const query = useQuery(trpc.invoices.upcoming.queryOptions({ organization }, { retry: false }));
  const next = [...(query.data ?? [])].sort((left, right) => left.at.localeCompare(right.at));
  if (next.length === 0) return <span>Every document, its lines and how it was paid.</span>;
  return (
    <span className="mg-figure">
      Next:{' '}
      {next
        .map(
          (invoice) =>
            `${dateText(invoice.at, timeZone)}, about ${amountText({ minor: invoice.totalMinor, currency: invoice.currency })}`,
        )
        .join('; ')}
    </span>
  );
}
