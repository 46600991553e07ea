import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Limit } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { isInPlan } from '../../components/limit-share.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { measuredText, percentText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';
import { AlertDialog } from './AlertDialog.tsx';
import { BudgetsBlock } from './BudgetsBlock.tsx';
import { ClientLimitsBlock } from './ClientLimitsBlock.tsx';
import { LimitOutlook } from './LimitOutlook.tsx';
import './limits.css';

const defaults = { client: '' };
const onLimitWords = { block: 'Refuses more', overage: 'Bills the rest', warn: 'Only tells you' } as const;

export function LimitsPage() {
  const { slug: organization, name, timeZone, role, seesMoney } = useOrganization();
  const [edited, setEdited] = useState<Limit | null>(null);
  const { values } = useUrlState(defaults);
  const client = values.client === '' ? null : values.client;
  const query = useQuery(
    trpc.limits.list.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  const refusal = role === 'member' ? 'Only owners and admins change alerts.' : null;
  const columns: Column<Limit>[] = [
    {
      key: 'name',
      header: 'Feature',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          {row.kind === 'metered' ? (
            <AppLink className="mg-cell-link" to={paths.meter(organization, row.feature)}>
              {row.name}
            </AppLink>
          ) : (
            <span className="mg-strong">{row.name}</span>
          )}
          {row.override === null ? null : (
            <span className="mg-muted mg-caption">
              Exception
              {row.override.expiresAt === null ? '' : ` until ${dateText(row.override.expiresAt, timeZone)}`}:{' '}
              {row.override.reason}
            </span>
          )}
        </span>
      ),
    },
    {
      key: 'used',
      header: 'Used of included',
      render: (row) => <UsedOfLimit limit={row} />,
    },
    {
      key: 'onLimit',
      header: 'At the limit',
      render: (row) => (
        <span className="mg-cell-two">
          <span>{atLimitText(row, seesMoney)}</span>
          {row.limit === null || !isInPlan(row) || row.onLimit === 'overage' ? null : (
            <span className="mg-muted mg-caption">{row.consequence}</span>
          )}
        </span>
      ),
    },
    {
      key: 'resets',
      header: 'Starts again',
      render: (row) => <span className="mg-figure">{dateText(row.resetsAt, timeZone)}</span>,
    },
    {
      key: 'alerts',
      header: 'Alerts',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => setEdited(row)}>
          {row.thresholds.length === 0
            ? 'Set alerts'
            : row.thresholds.map((threshold) => `${threshold} %`).join(' · ')}
          <span className="mg-sr-only"> for {row.name}</span>
        </GuardedButton>
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title="Limits and budgets"
        context={name}
        lead="What your plan includes, what usage may cost, what happens there, and when we tell you."
      />
      <div className="mg-stack-lg">
        <Block title="Limits" subject="limits" query={query} shape="table" flush hideTitle>
          {(limits) =>
            limits.length === 0 ? (
              <EmptyState
                reason="never"
                title="No limits yet"
                action={<ButtonLink to={paths.plans(organization)}>See plans</ButtonLink>}
              >
                Limits come with a plan.
              </EmptyState>
            ) : (
              <DataTable
                caption="Limits"
                rows={limits}
                rowKey={(row) => `${row.family}/${row.feature}`}
                columns={columns}
              />
            )
          }
        </Block>
        {values.client === '' ? null : (
          <p>
            Only one client is shown below. <AppLink to={paths.limits(organization)}>Show all</AppLink>
          </p>
        )}
        {seesMoney ? <BudgetsBlock client={client} /> : null}
        <ClientLimitsBlock limits={query.data ?? []} client={client} />
      </div>
      {edited === null ? null : <AlertDialog limit={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function atLimitText(limit: Limit, seesMoney: boolean): string {
  if (!isInPlan(limit)) return '—';
  const price =
    limit.overagePrice === null || !seesMoney
      ? ''
      : ` at ${unitPriceText(limit.overagePrice, limit.currency)} each`;
  if (limit.limit === null) return price === '' ? 'Nothing is refused' : `Every use is billed${price}`;
  return `${onLimitWords[limit.onLimit]}${price}`;
}

function UsedOfLimit({ limit }: { limit: Limit }) {
  const { slug } = useOrganization();
  if (!isInPlan(limit)) {
    return (
      <span className="mg-row mg-muted">
        Not in your plan <AppLink to={paths.plans(slug, { family: limit.family })}>See plans</AppLink>
      </span>
    );
  }
  return (
    <span className="mg-limit-cell">
      <span className="mg-row mg-row-between mg-figure">
        <span>
          {measuredText(limit.used, limit.unit)}{' '}
          <span className="mg-muted">
            {limit.limit === null ? '· no ceiling' : `of ${measuredText(limit.limit, limit.unit)}`}
          </span>
        </span>
        <span className={toneOf(limit.percent)}>
          {limit.percent === null ? '' : percentText(limit.percent)}
        </span>
      </span>
      <LimitBar percent={limit.percent} label={limit.name} />
      <LimitOutlook limit={limit} />
    </span>
  );
}

function toneOf(percent: string | null): string {
  const value = Number(percent ?? 0);
  return value >= 100 ? 'mg-tone-danger mg-strong' : value >= 80 ? 'mg-tone-warn mg-strong' : 'mg-muted';
}
