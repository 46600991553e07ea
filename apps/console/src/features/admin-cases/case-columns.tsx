import { paths } from '../../app/paths.ts';
import type { AdminCase } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import type { Column } from '../../ui/DataTable.tsx';

const words = { open: 'To decide', credited: 'Credited', refused: 'Refused' } as const;

export function caseColumns(onOpen: (row: AdminCase) => void): Column<AdminCase>[] {
  return [
    {
      key: 'line',
      header: 'Line',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <button type="button" className="mg-link mg-cell-button" onClick={() => onOpen(row)}>
            {row.lineDescription}
          </button>
          <span className="mg-muted mg-caption">
            {row.invoiceNumber ?? 'Draft'} · “{row.reason}”
          </span>
        </span>
      ),
    },
    {
      key: 'organization',
      header: 'Organization',
      render: (row) => (
        <AppLink to={paths.adminOrganization(row.organization.slug, { tab: 'invoices' })}>
          {row.organization.name}
        </AppLink>
      ),
    },
    {
      key: 'amount',
      header: 'Line amount',
      align: 'end',
      phone: 'value',
      render: (row) => <Amount minor={row.lineAmountMinor} currency={row.currency} />,
    },
    {
      key: 'credited',
      header: 'Credited',
      align: 'end',
      phone: 'hidden',
      render: (row) => <Amount minor={row.creditedMinor} currency={row.currency} />,
    },
    {
      key: 'status',
      header: 'Status',
      phone: 'bare',
      render: (row) => <StatusBadge status={`case_${row.status}`} word={words[row.status]} />,
    },
    {
      key: 'opened',
      header: 'Opened',
      align: 'end',
      render: (row) => <DateTime at={row.openedAt} as="relative" />,
    },
  ];
}
