import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { UsageCheck } from '../../app/views.ts';
import { useClientNames } from '../../components/client-names.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { dateTimeText } from '../../components/date-text.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** The figures of the product that reports usage beside ours: what differs comes first. */
export function ChecksBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const nameOf = useClientNames();
  const query = useQuery(trpc.usage.checks.queryOptions({ organization }));
  return (
    <Block title="Checks against your own figures" subject="the checks" query={query} shape="table" flush>
      {(checks) =>
        checks.length === 0 ? (
          <EmptyState reason="never" title="Nothing was compared yet">
            Your product can send its own count and total of any span, and its own level at any instant. Both
            figures then stand here side by side.
          </EmptyState>
        ) : (
          <DataTable
            caption="Your own figures and ours"
            rows={checks}
            rowKey={(check) => `${check.meter} ${check.client} ${check.from} ${check.to}`}
            columns={checkColumns(timeZone, nameOf)}
          />
        )
      }
    </Block>
  );
}

function eventsText(count: number): string {
  return count === 1 ? '1 event' : `${quantityText(String(count))} events`;
}

function checkColumns(timeZone: string, nameOf: (client: string | null) => string): Column<UsageCheck>[] {
  const figures = (key: 'theirs' | 'ours', header: string): Column<UsageCheck> => ({
    key,
    header,
    align: 'end',
    render: (check) => (
      <span className="mg-cell-two">
        <span className="mg-figure">{quantityText(check[key].total)}</span>
        <span className="mg-muted mg-caption">
          {check.kind === 'level' ? 'Level' : eventsText(check[key].count)}
        </span>
      </span>
    ),
  });
  return [
    {
      key: 'span',
      header: 'Meter and span',
      phone: 'title',
      render: (check) => (
        <span className="mg-cell-two">
          <span className="mg-strong">
            {check.meter.replaceAll('_', ' ')}
            {check.client === null ? '' : `, ${nameOf(check.client)}`}
          </span>
          <span className="mg-muted mg-caption">
            {check.kind === 'level'
              ? dateTimeText(check.from, timeZone)
              : `${dateTimeText(check.from, timeZone)} to ${dateTimeText(check.to, timeZone)}`}
          </span>
        </span>
      ),
    },
    figures('theirs', 'Your figures'),
    figures('ours', 'Counted here'),
    {
      key: 'at',
      header: 'Compared',
      render: (check) => <DateTime at={check.checkedAt} timeZone={timeZone} />,
    },
    {
      key: 'result',
      header: 'Result',
      phone: 'value',
      render: (check) => (
        <StatusBadge
          status={check.equal ? 'proof_equal' : 'proof_different'}
          word={check.equal ? 'Equal' : 'They differ'}
        />
      ),
    },
  ];
}
