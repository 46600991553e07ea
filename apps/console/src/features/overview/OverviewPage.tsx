import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { FreshnessStamp } from '../../components/FreshnessStamp.tsx';
import { mostUsedMeter } from '../../components/most-used-meter.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { CostBlock } from './CostBlock.tsx';
import { CostDaysBlock } from './CostDaysBlock.tsx';
import { LatestInvoicesBlock } from './LatestInvoicesBlock.tsx';
import { SubscriptionsBlock } from './SubscriptionsBlock.tsx';
import { TopClientsBlock } from './TopClientsBlock.tsx';
import { UsageBlock } from './UsageBlock.tsx';
import { WorstLimitsBlock } from './WorstLimitsBlock.tsx';
import './overview.css';

const live = { refetchInterval: liveIntervalMs };

/** Am I fine, what will I pay, what must I do? */
export function OverviewPage() {
  const { slug: organization, name, seesMoney, timeZone } = useOrganization();
  const usage = useQuery(trpc.usage.summary.queryOptions({ organization }, live));
  const summary = useQuery(
    trpc.invoices.billingSummary.queryOptions({ organization }, { ...live, enabled: seesMoney }),
  );
  const limits = useQuery(trpc.limits.list.queryOptions({ organization }, live));
  const subscriptions = useQuery(
    trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }, live),
  );
  const asOf = summary.data?.asOf ?? usage.data?.asOf;
  return (
    <>
      <PageHeader
        title="Overview"
        context={name}
        lead={asOf === undefined ? ' ' : <FreshnessStamp asOf={asOf} timeZone={timeZone} />}
      />
      <div className="mg-grid">
        {seesMoney ? (
          <div data-span="4">
            <CostBlock query={summary} />
          </div>
        ) : null}
        <div data-span="4">
          <WorstLimitsBlock query={limits} />
        </div>
        <div data-span={seesMoney ? '4' : '8'}>
          <SubscriptionsBlock query={subscriptions} />
        </div>
        <div data-span="8" className="mg-stack-lg">
          <UsageBlock summary={usage} />
          {seesMoney ? <CostDaysBlock summary={summary.data} /> : null}
        </div>
        <div data-span="4" className="mg-stack-lg">
          {seesMoney ? <LatestInvoicesBlock /> : null}
          <TopClientsBlock meter={mostUsedMeter(usage.data?.meters ?? [])?.meter} />
        </div>
      </div>
      <footer className="mg-snapshot">
        <Snapshot id={summary.data?.snapshotId ?? usage.data?.snapshotId} />
        <CopyLink />
      </footer>
    </>
  );
}

const shownOfSnapshot = 8;

/** Names the reading that every total of this page comes from. */
function Snapshot({ id }: { id: string | undefined }) {
  if (id === undefined) return <span>Snapshot —</span>;
  return <CopyText label="Snapshot" text={id} shown={id.slice(-shownOfSnapshot)} />;
}
