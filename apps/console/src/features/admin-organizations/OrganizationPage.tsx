import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { AdminOrganization } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { Mrr } from '../../components/Mrr.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { DecisionsTab } from './DecisionsTab.tsx';
import { InvoicesTab } from './InvoicesTab.tsx';
import { LimitsTab } from './LimitsTab.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { SubscriptionsTab } from './SubscriptionsTab.tsx';
import { SuspendAction } from './SuspendAction.tsx';
import { ViewAsAction } from './ViewAsAction.tsx';
import './organization.css';

const defaults = { tab: 'overview' };
const tabs = ['overview', 'subscription', 'limits', 'invoices', 'decisions'] as const;
const labels = {
  overview: 'Overview',
  subscription: 'Subscription',
  limits: 'Limits',
  invoices: 'Invoices',
  decisions: 'Decisions',
} as const;

export function OrganizationPage() {
  const { organization = '' } = useParams({ strict: false });
  const { values, set } = useUrlState(defaults);
  const tab = oneOf(values.tab, tabs);
  const query = useQuery(
    trpc.admin.organizations.get.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  const data = query.data;
  return (
    <>
      <PageHeader
        title={data?.organization.name ?? organization}
        context="Admin"
        above={<AppLink to={paths.adminOrganizations()}>Organizations</AppLink>}
        lead={data === undefined ? ' ' : <Header data={data} />}
        actions={
          data === undefined ? undefined : (
            <>
              <ViewAsAction organization={data.organization} />
              <SuspendAction organization={data.organization} />
            </>
          )
        }
      />
      <Tabs
        label="Parts of the organization"
        value={tab}
        onChange={(value) => set({ tab: value })}
        tabs={tabs.map((value) => ({ value, label: labels[value] }))}
      />
      {tab === 'overview' ? <OverviewTab organization={organization} query={query} /> : null}
      {tab === 'subscription' ? <SubscriptionsTab organization={organization} query={query} /> : null}
      {tab === 'limits' ? <LimitsTab organization={organization} /> : null}
      {tab === 'invoices' ? <InvoicesTab organization={organization} /> : null}
      {tab === 'decisions' ? <DecisionsTab organization={organization} /> : null}
    </>
  );
}

function Header({ data }: { data: AdminOrganization }) {
  const { organization, subscriptions } = data;
  return (
    <div className="mg-admin-header">
      {organization.suspendedAt === null ? null : <StatusBadge status="suspended" />}
      {organization.status === 'closed' ? <StatusBadge status="closed" /> : null}
      {subscriptions.map((subscription) => (
        <StatusBadge
          key={subscription.id}
          status={subscription.status}
          word={`${subscription.planName}: ${subscription.status.replaceAll('_', ' ')}`}
        />
      ))}
      <span className="mg-row">
        MRR <Mrr mrr={data.mrr} />
      </span>
      {data.owners[0] === undefined ? null : <CopyText label="Owner" text={data.owners[0].email} />}
      <CopyText text={organization.id} shown={`${organization.id.slice(0, 14)}…`} />
      {organization.stripeCustomerId === null ? null : <CopyText text={organization.stripeCustomerId} />}
      <span>{organization.timeZone}</span>
    </div>
  );
}
