import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useClientNames } from '../../components/client-names.ts';
import { Quantity } from '../../components/Quantity.tsx';
import { percentText, shareOf } from '../../components/quantity-text.ts';
import { totalsByGroup } from '../../components/series-groups.ts';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';

interface BreakdownBlockProps {
  meter: string;
  span: { from?: string; to?: string };
}

export function BreakdownBlock({ meter, span }: BreakdownBlockProps) {
  const { slug: organization } = useOrganization();
  const nameOf = useClientNames();
  const ends = span.from === undefined || span.to === undefined ? {} : { from: span.from, to: span.to };
  const query = useQuery(
    trpc.usage.series.queryOptions({
      organization,
      meter,
      granularity: 'period',
      groupBy: 'client',
      compare: false,
      ...ends,
    }),
  );
  return (
    <Block title="By client" subject="the breakdown" query={query} shape="table" flush>
      {(series) => {
        const rows = totalsByGroup(series);
        if (rows.length === 0) {
          return (
            <EmptyState reason="never" title="Not reported per client">
              Name the client with each event, and its share appears here.
            </EmptyState>
          );
        }
        return (
          <DataTable
            caption={`${series.name} by client`}
            rows={rows}
            rowKey={(row) => row.group}
            columns={[
              { key: 'client', header: 'Client', phone: 'title', render: (row) => nameOf(row.group) },
              {
                key: 'used',
                header: 'Used',
                align: 'end',
                phone: 'value',
                render: (row) => <Quantity value={row.total} />,
              },
              {
                key: 'share',
                header: 'Share',
                width: 'shrink',
                render: (row) => {
                  const share = shareOf(row.total, series.total);
                  return (
                    <span className="mg-share">
                      <LimitBar
                        percent={share === null ? '0' : String(Math.min(79, Number(share)))}
                        label={`Share of ${nameOf(row.group)}`}
                      />
                      <span className="mg-figure mg-num">{percentText(share)}</span>
                    </span>
                  );
                },
              },
            ]}
          />
        );
      }}
    </Block>
  );
}
