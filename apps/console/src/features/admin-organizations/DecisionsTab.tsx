import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Receipt } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { DecisionDialog } from './DecisionDialog.tsx';

const defaults = { feature: '', cursor: '' };

/** Why was this refused? Every decision with what it was based on. */
export function DecisionsTab({ organization }: { organization: string }) {
  const { values, set } = useUrlState(defaults);
  const [explained, setExplained] = useState<Receipt | null>(null);
  const query = useQuery(
    trpc.admin.organizations.decisions.queryOptions(
      {
        organization,
        ...searchOf(values.feature.trim()),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous },
    ),
  );
  return (
    <Block title="Decisions" subject="decisions" query={query} shape="table" flush hideTitle>
      {(page) => (
        <>
          <div className="mg-filters mg-filters-top">
            <TextInput
              className="mg-grow"
              type="search"
              aria-label="Filter by feature or receipt"
              placeholder="Feature or receipt: message, rcp_…"
              value={values.feature}
              onChange={(event) => set({ feature: event.currentTarget.value, cursor: '' }, 'replace')}
            />
          </div>
          {page.items.length === 0 ? (
            <EmptyState
              reason={values.feature === '' ? 'never' : 'filtered'}
              title="No decisions in the last 90 days"
            />
          ) : (
            <DataTable
              caption="Decisions"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={decisionColumns(setExplained)}
            />
          )}
          <Pager cursor={values.cursor} nextCursor={page.nextCursor} onCursor={(cursor) => set({ cursor })} />
          {explained === null ? null : (
            <DecisionDialog receipt={explained} onClose={() => setExplained(null)} />
          )}
        </>
      )}
    </Block>
  );
}

/** Who was refused has the receipt of the answer, and nothing else. */
function searchOf(text: string): { feature?: string; receipt?: string } {
  if (text === '') return {};
  return text.startsWith('rcp_') ? { receipt: text } : { feature: text };
}

const decisionColumns = (onExplain: (receipt: Receipt) => void): Column<Receipt>[] => [
  { key: 'at', header: 'When', render: (row) => <DateTime at={row.at} as="time" /> },
  {
    key: 'what',
    header: 'Asked',
    phone: 'title',
    render: (row) => (
      <span className="mg-cell-two">
        <span>
          {row.operation} <span className="mg-figure">{quantityText(row.quantity)}</span> ×{' '}
          <code>{row.feature}</code>
        </span>
        {row.client === null ? null : <span className="mg-muted mg-caption">for {row.client.name}</span>}
      </span>
    ),
  },
  {
    key: 'decision',
    header: 'Decision',
    phone: 'value',
    render: (row) => (
      <span className="mg-cell-two">
        <span>
          <StatusBadge status={row.decision} />
        </span>
        {row.reason === null ? null : (
          <span className="mg-muted mg-caption">{row.reason.replaceAll('_', ' ')}</span>
        )}
      </span>
    ),
  },
  {
    key: 'counters',
    header: 'Used / limit',
    align: 'end',
    render: (row) => (
      <span className="mg-figure">
        {quantityText(row.used)}
        {row.reserved === '0' ? '' : ` + ${quantityText(row.reserved)} held`} /{' '}
        {row.limit === null ? '∞' : quantityText(row.limit)}
      </span>
    ),
  },
  {
    key: 'plan',
    header: 'Plan',
    phone: 'hidden',
    render: (row) => <code>{row.planVersion ?? '—'}</code>,
  },
  {
    key: 'receipt',
    header: 'Receipt',
    phone: 'hidden',
    render: (row) => <CopyText text={row.id} shown={`${row.id.slice(0, 10)}…`} />,
  },
  {
    key: 'why',
    header: '',
    align: 'end',
    render: (row) => (
      <Button size="compact-sm" variant="default" onClick={() => onExplain(row)}>
        Why
        <span className="mg-sr-only">
          {' '}
          {row.operation} of {row.feature} was {row.decision}
        </span>
      </Button>
    ),
  },
];
