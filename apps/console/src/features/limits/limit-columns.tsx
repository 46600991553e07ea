import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import type { Limit } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { dateText, resetText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { isInPlan } from '../../components/limit-share.ts';
import { measuredText, percentText, quantityText } from '../../components/quantity-text.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';
import { LimitOutlook } from './LimitOutlook.tsx';

const onLimitWords = { block: 'Refuses more', overage: 'Bills the rest', warn: 'Only tells you' } as const;

interface LimitColumnsInput {
  organization: string;
  timeZone: string;
  seesMoney: boolean;
  /** Why this person changes no alerts; null for those who may. */
  refusal: string | null;
  onEdit: (limit: Limit) => void;
}

export function limitColumns({
  organization,
  timeZone,
  seesMoney,
  refusal,
  onEdit,
}: LimitColumnsInput): Column<Limit>[] {
  return [
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
      render: (row) => <span className="mg-figure">{resetText(row.resetsAt, timeZone)}</span>,
    },
    {
      key: 'alerts',
      header: 'Alerts',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => onEdit(row)}>
          {row.thresholds.length === 0
            ? 'Set alerts'
            : row.thresholds.map((threshold) => `${threshold} %`).join(' · ')}
          <span className="mg-sr-only"> for {row.name}</span>
        </GuardedButton>
      ),
    },
  ];
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
            {limit.reserved === '0' ? null : ` · ${quantityText(limit.reserved)} held`}
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
