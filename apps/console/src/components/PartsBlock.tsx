import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../app/session.ts';
import { trpc } from '../app/trpc.ts';
import type { ListedPart, UsagePart } from '../app/views.ts';
import { Block } from '../ui/Block.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { dateTimeText } from './date-text.ts';
import { PartEvents } from './PartEvents.tsx';
import { quantityText } from './quantity-text.ts';

const order = ['reported', 'late', 'amended', 'voided', 'retired'] as const;
const words = {
  reported: 'Reported in time',
  late: 'Reported late',
  amended: 'Amended',
  voided: 'Voided',
  retired: 'Only sums kept',
} as const;

interface PartsBlockProps {
  meter: string;
  /** Without ends the current billing period. */
  span: { from?: string | undefined; to?: string | undefined };
}

/** The parts that a total adds up from, each down to its events. */
export function PartsBlock({ meter, span }: PartsBlockProps) {
  const { slug: organization, timeZone } = useOrganization();
  const [open, setOpen] = useState<ListedPart | null>(null);
  const query = useQuery(trpc.usage.parts.queryOptions({ organization, meter, ...span }));
  return (
    <Block title="What is counted" subject="what is counted" query={query} shape="table" flush>
      {({ parts, total, from, to, lateFrom }) => {
        if (parts.length === 0) {
          return (
            <EmptyState reason="never" title="Nothing was counted">
              No events happened in this time.
            </EmptyState>
          );
        }
        const rows = parts.toSorted((left, right) => order.indexOf(left.part) - order.indexOf(right.part));
        const hasLate = rows.some(({ part }) => part === 'late');
        return (
          <>
            <DataTable
              caption="What the total is made of"
              rows={rows}
              rowKey={({ part }) => part}
              columns={columnsOf(open, setOpen)}
              footer={
                <tr>
                  <td data-phone="title">Total</td>
                  <td data-phone="hidden" />
                  <td data-phone="hidden" />
                  <td data-phone="value" data-align="end">
                    {quantityText(total)}
                  </td>
                </tr>
              }
            />
            {hasLate ? (
              <p className="mg-pad mg-muted">Late: reported after {dateTimeText(lateFrom, timeZone)}.</p>
            ) : null}
            {open !== null && rows.some(({ part }) => part === open) ? (
              <PartEvents key={open} question={{ meter, from, to, part: open }} title={words[open]} />
            ) : null}
          </>
        );
      }}
    </Block>
  );
}

function columnsOf(open: ListedPart | null, onOpen: (part: ListedPart | null) => void): Column<UsagePart>[] {
  return [
    { key: 'part', header: 'Part', phone: 'title', render: ({ part }) => words[part] },
    { key: 'count', header: 'Events', align: 'end', render: ({ count }) => quantityText(String(count)) },
    {
      key: 'open',
      header: '',
      phone: 'bare',
      width: 'shrink',
      render: ({ part }) =>
        part === 'retired' ? null : (
          <button
            type="button"
            className="mg-link mg-nowrap"
            aria-expanded={part === open}
            aria-label={`${part === open ? 'Hide' : 'Show'} events: ${words[part]}`}
            onClick={() => onOpen(part === open ? null : part)}
          >
            {part === open ? 'Hide events' : 'Show events'}
          </button>
        ),
    },
    {
      key: 'adds',
      header: 'Counts as',
      align: 'end',
      phone: 'value',
      render: ({ adds }) => quantityText(adds),
    },
  ];
}
