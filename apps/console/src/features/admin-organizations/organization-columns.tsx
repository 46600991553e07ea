import { daysUntil } from '../../app/now.ts';
import { paths } from '../../app/paths.ts';
import type { AdminOrganizationRow } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { Mrr } from '../../components/Mrr.tsx';
import { percentText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import type { Column } from '../../ui/DataTable.tsx';

export const organizationColumns: Column<AdminOrganizationRow>[] = [
  {
    key: 'name',
    header: 'Organization',
    phone: 'title',
    render: (row) => (
      <span className="mg-cell-two">
        <AppLink className="mg-cell-link" to={paths.adminOrganization(row.slug)}>
          {row.name}
        </AppLink>
        <span className="mg-muted mg-caption">{row.email}</span>
      </span>
    ),
  },
  {
    key: 'plans',
    header: 'Plan',
    phone: 'hidden',
    render: (row) =>
      row.plans.length === 0 ? (
        <span className="mg-muted">—</span>
      ) : (
        <span className="mg-cell-two">
          {row.plans.map((entry) => (
            <span key={entry.family}>
              {entry.plan === entry.family ? entry.family : `${entry.family} ${entry.plan}`}
            </span>
          ))}
        </span>
      ),
  },
  { key: 'status', header: 'Status', phone: 'value', render: (row) => <Status row={row} /> },
  { key: 'mrr', header: 'MRR', align: 'end', render: (row) => <Mrr mrr={row.mrr} /> },
  {
    key: 'usage',
    header: 'Fullest limit',
    align: 'end',
    render: (row) => (
      <span
        className={`mg-figure ${Number(row.worstLimitPercent ?? 0) >= 100 ? 'mg-tone-danger mg-strong' : ''}`}
      >
        {percentText(row.worstLimitPercent)}
      </span>
    ),
  },
  {
    key: 'since',
    header: 'Since',
    align: 'end',
    phone: 'hidden',
    render: (row) => <DateTime at={row.createdAt} />,
  },
];

const severity = ['unpaid', 'past_due', 'incomplete', 'paused', 'trialing', 'active'];

function Status({ row }: { row: AdminOrganizationRow }) {
  const worst = [...row.plans].sort(
    (left, right) => severity.indexOf(left.status) - severity.indexOf(right.status),
  )[0];
  if (worst === undefined) return <span className="mg-muted">No plan</span>;
  const days = row.pastDueSince === null ? null : -daysUntil(row.pastDueSince);
  return <StatusBadge status={worst.status} {...(days === null ? {} : { word: `Past due ${days} d` })} />;
}
