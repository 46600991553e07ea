import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import { dayEnd, dayStart } from '../../components/day-bounds.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { ExportButton } from './ExportButton.tsx';
import { InvoiceList } from './InvoiceList.tsx';
import { invoiceListDefaults, type Status, statuses } from './invoice-list-state.ts';
import { UpcomingInvoices } from './UpcomingInvoices.tsx';
import { UpcomingSentence } from './UpcomingSentence.tsx';

const labels: Readonly<Record<Status, string>> = {
  all: 'All',
  open: 'Open',
  past_due: 'Past due',
  paid: 'Paid',
  draft: 'Draft',
  void: 'Void',
  uncollectible: 'Written off',
};

export function InvoicesPage() {
  const { slug: organization, name, timeZone } = useOrganization();
  const { values, set } = useUrlState(invoiceListDefaults);
  const view = oneOf(values.status, [...statuses, 'upcoming']);
  const status = view === 'upcoming' ? 'all' : view;
  const from = dayStart(values.from, timeZone);
  const to = dayEnd(values.to, timeZone);
  const filter = {
    organization,
    status,
    ...(values.q === '' ? {} : { q: values.q }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
  const query = useQuery(
    trpc.invoices.list.queryOptions(
      { ...filter, ...(values.cursor === '' ? {} : { cursor: values.cursor }) },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const counts = query.data?.counts ?? {};
  const shown = statuses.filter((one) => one === 'all' || one === view || (counts[one] ?? 0) > 0);
  return (
    <>
      <PageHeader
        title="Invoices"
        context={name}
        lead={<UpcomingSentence />}
        actions={
          <>
            <CopyLink />
            <ExportButton filter={filter} name={organization} />
          </>
        }
      />
      <Tabs
        label="Status"
        value={view}
        onChange={(value) => set({ status: value, cursor: '' })}
        tabs={[
          ...shown.map((value) => ({
            value,
            label: labels[value],
            count: counts[value],
            tone: value === 'past_due' ? ('danger' as const) : undefined,
          })),
          { value: 'upcoming' as const, label: 'Upcoming' },
        ]}
      />
      {view === 'upcoming' ? <UpcomingInvoices /> : <InvoiceList query={query} status={status} />}
    </>
  );
}
