import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
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

/** Of clients, or of a property that the catalogue names for the meter; of that the largest groups. */
export function BreakdownBlock({ meter, span }: BreakdownBlockProps) {
  const { slug: organization } = useOrganization();
  const clientName = useClientNames();
  const [groupBy, setGroupBy] = useState('client');
  const isByClient = groupBy === 'client';
  const nameOf = (group: string) => (isByClient ? clientName(group) : group === 'none' ? 'Not named' : group);
  const ends = span.from === undefined || span.to === undefined ? {} : { from: span.from, to: span.to };
  const query = useQuery(
    trpc.usage.series.queryOptions({
      organization,
      meter,
      granularity: 'period',
      groupBy,
      compare: false,
      ...ends,
    }),
  );
  return (
    <Block
      title={`By ${groupBy}`}
      subject="the breakdown"
      query={query}
      shape="table"
      flush
      actions={<GroupChoice groups={query.data?.groups ?? []} value={groupBy} onChange={setGroupBy} />}
    >
      {(series) => {
        const rows = totalsByGroup(series);
        if (rows.length === 0) {
          return (
            <EmptyState reason="never" title={`Not reported per ${groupBy}`}>
              Name the {groupBy} with each event, and its share appears here.
            </EmptyState>
          );
        }
        return (
          <DataTable
            caption={`${series.name} by ${groupBy}`}
            rows={rows}
            rowKey={(row) => row.group}
            columns={[
              {
                key: 'group',
                header: headerOf(groupBy),
                phone: 'title',
                render: (row) => nameOf(row.group),
              },
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

interface GroupChoiceProps {
  groups: readonly string[];
  value: string;
  onChange: (group: string) => void;
}

function GroupChoice({ groups, value, onChange }: GroupChoiceProps) {
  if (groups.length < 2) return null;
  return (
    <Select
      aria-label="Break usage down by"
      data={groups.map((group) => ({ value: group, label: `By ${group}` }))}
      value={value}
      onChange={(group) => onChange(group ?? 'client')}
      allowDeselect={false}
      w={150}
    />
  );
}

function headerOf(group: string): string {
  return `${group.slice(0, 1).toUpperCase()}${group.slice(1)}`;
}
