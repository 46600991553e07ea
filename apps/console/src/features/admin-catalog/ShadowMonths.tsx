import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { offerDownload } from '../../app/offer-download.ts';
import { paths } from '../../app/paths.ts';
import type { ShadowMonth } from '../../app/views.ts';
import { Amount, amountText, differenceMinor } from '../../components/Amount.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { type ShadowTotal, shadowCsv, shadowTotals } from './shadow-months.ts';

/** More is in the file. */
const rowsShownMax = 200;

interface ShadowMonthsProps {
  months: readonly ShadowMonth[];
  family: string;
  hasDraft: boolean;
}

/** Totals per currency, and every month that would have cost something else. */
export function ShadowMonths({ months, family, hasDraft }: ShadowMonthsProps) {
  const [isAll, setAll] = useState(false);
  if (months.length === 0) {
    return (
      <EmptyState reason="never" title="No closed month">
        Nobody has had a month of this family that ended within this time.
      </EmptyState>
    );
  }
  const different = months.filter(({ publishedMinor, draftMinor }) => publishedMinor !== draftMinor);
  const rows = isAll ? months : different;
  return (
    <div className="mg-stack">
      <div className="mg-stack">
        <Facts
          facts={[
            ...shadowTotals(months).map(
              (total) =>
                [`Total in ${total.currency}`, <Total key={total.currency} total={total} />] as const,
            ),
            ['Months that differ', `${different.length} of ${months.length}`],
          ]}
        />
        <div className="mg-row">
          <Button variant="default" size="compact-sm" onClick={() => setAll(!isAll)}>
            {isAll ? 'Only months that differ' : 'Every month'}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => offerDownload(shadowCsv(months), `shadow-${family}.csv`)}
          >
            Export CSV
          </Button>
        </div>
      </div>
      {rows.length === 0 ? (
        <p className="mg-muted">
          {hasDraft ? 'The draft' : 'What is sold now'} would have cost everybody the same.
        </p>
      ) : (
        <div className="mg-bleed">
          <DataTable
            caption="Past months, as billed and as they would have been"
            rows={rows.slice(0, rowsShownMax)}
            rowKey={(row) => `${row.subscriptionId} ${row.periodStart}`}
            columns={columns}
          />
        </div>
      )}
      {rows.length <= rowsShownMax ? null : (
        <p className="mg-muted">
          The first {rowsShownMax} of {rows.length}; the file has all.
        </p>
      )}
    </div>
  );
}

function Total({ total }: { total: ShadowTotal }) {
  const { publishedMinor, draftMinor, currency } = total;
  return (
    <>
      {amountText({ minor: publishedMinor, currency })} → {amountText({ minor: draftMinor, currency })}{' '}
      <span className="mg-nowrap">({differenceText(total)})</span>
    </>
  );
}

/** "+$37.00" = the draft would have cost more. */
function differenceText({ publishedMinor, draftMinor, currency }: ShadowTotal): string {
  const minor = differenceMinor(draftMinor, publishedMinor);
  return `${BigInt(minor) > 0n ? '+' : ''}${amountText({ minor, currency })}`;
}

const columns: Column<ShadowMonth>[] = [
  {
    key: 'organization',
    header: 'Organization',
    phone: 'title',
    render: ({ slug, plan, planVersion }) => (
      <span className="mg-cell-two">
        <AppLink className="mg-name mg-strong" to={paths.adminOrganization(slug)}>
          {slug}
        </AppLink>
        <span className="mg-muted mg-caption">
          {plan}, version {planVersion}
        </span>
      </span>
    ),
  },
  { key: 'month', header: 'Month from', render: ({ periodStart }) => <DateTime at={periodStart} /> },
  {
    key: 'published',
    header: 'As it is',
    align: 'end',
    render: ({ publishedMinor, currency }) => <Amount minor={publishedMinor} currency={currency} />,
  },
  {
    key: 'draft',
    header: 'Then',
    align: 'end',
    phone: 'value',
    render: ({ draftMinor, currency }) => <Amount minor={draftMinor} currency={currency} />,
  },
  {
    key: 'difference',
    header: 'Difference',
    align: 'end',
    render: (month) => <span className="mg-figure mg-nowrap">{differenceText(month)}</span>,
  },
];
