import { IconDownload } from '@tabler/icons-react';
import { paths } from '../../app/paths.ts';
import type { InvoiceRow } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import type { Column } from '../../ui/DataTable.tsx';

export function invoiceColumns({
  organization,
  timeZone,
}: {
  organization: string;
  timeZone: string;
}): Column<InvoiceRow>[] {
  return [
    {
      key: 'number',
      header: 'Invoice',
      phone: 'title',
      render: (row) => (
        <AppLink className="mg-cell-link" to={paths.invoice(organization, row.id)}>
          {row.number ?? 'Draft'}
        </AppLink>
      ),
    },
    {
      key: 'date',
      header: 'Date',
      render: (row) => <DateTime at={row.issuedAt ?? row.createdAt} timeZone={timeZone} />,
    },
    {
      key: 'period',
      header: 'For',
      phone: 'hidden',
      render: (row) => <PeriodLabel period={row.period} timeZone={timeZone} />,
    },
    {
      key: 'status',
      header: 'Status',
      phone: 'bare',
      render: (row) => <StatusBadge status={row.isPastDue ? 'past_due' : row.status} />,
    },
    {
      key: 'remaining',
      header: 'Due',
      align: 'end',
      phone: 'hidden',
      render: (row) =>
        row.amountRemainingMinor === '0' ? (
          <span className="mg-muted">—</span>
        ) : (
          <Amount minor={row.amountRemainingMinor} currency={row.currency} />
        ),
    },
    {
      key: 'total',
      header: 'Total',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <span className="mg-strong">
          <Amount minor={row.totalMinor} currency={row.currency} />
        </span>
      ),
    },
    {
      key: 'pdf',
      header: '',
      align: 'end',
      width: 'shrink',
      phone: 'hidden',
      render: (row) =>
        row.status === 'draft' ? null : (
          <a
            className="mg-icon-link"
            href={paths.invoicePdf(organization, row.id)}
            download
            aria-label={`PDF of ${row.number ?? 'the invoice'}`}
          >
            <IconDownload size={16} aria-hidden />
          </a>
        ),
    },
  ];
}
