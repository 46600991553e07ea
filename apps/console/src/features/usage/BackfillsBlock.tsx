import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Backfill } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { dateTimeText } from '../../components/date-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { RevertDialog } from './RevertDialog.tsx';

/** What was filled in afterwards, by whom it was named, and the way back. */
export function BackfillsBlock() {
  const { slug: organization, timeZone } = useOrganization();
  const [reverting, setReverting] = useState<Backfill | null>(null);
  const query = useQuery(trpc.usage.backfills.queryOptions({ organization }));
  return (
    <Block title="Backfills" subject="the backfills" query={query} shape="table" flush>
      {(backfills) => (
        <>
          {backfills.length === 0 ? (
            <EmptyState reason="never" title="Nothing was filled in">
              Usage of a past time that your product reports as a backfill is listed here, and can be taken
              back as a whole.
            </EmptyState>
          ) : (
            <DataTable
              caption="Backfills, latest first"
              rows={backfills}
              rowKey={({ id }) => id}
              columns={backfillColumns(timeZone, setReverting)}
            />
          )}
          {reverting === null ? null : (
            <RevertDialog backfill={reverting} onClose={() => setReverting(null)} />
          )}
        </>
      )}
    </Block>
  );
}

function backfillColumns(timeZone: string, onRevert: (backfill: Backfill) => void): Column<Backfill>[] {
  return [
    {
      key: 'name',
      header: 'Name and reason',
      phone: 'title',
      render: ({ id, reason }) => (
        <span className="mg-cell-two">
          <code className="mg-anywhere">{id}</code>
          <span className="mg-muted mg-caption mg-anywhere">{reason}</span>
        </span>
      ),
    },
    {
      key: 'span',
      header: 'Usage of',
      render: ({ occurredFrom, occurredTo }) =>
        occurredFrom === null || occurredTo === null
          ? '—'
          : `${dateTimeText(occurredFrom, timeZone)} to ${dateTimeText(occurredTo, timeZone)}`,
    },
    {
      key: 'events',
      header: 'Events that count',
      align: 'end',
      render: ({ events, standing, retired }) => `${standing + retired} of ${events + retired}`,
    },
    {
      key: 'at',
      header: 'Sent',
      render: ({ createdAt }) => <DateTime at={createdAt} timeZone={timeZone} />,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      phone: 'value',
      render: (backfill) => <Way backfill={backfill} timeZone={timeZone} onRevert={onRevert} />,
    },
  ];
}

interface WayProps {
  backfill: Backfill;
  timeZone: string;
  onRevert: (backfill: Backfill) => void;
}

function Way({ backfill, timeZone, onRevert }: WayProps) {
  const { standing, revertedAt, revertReason } = backfill;
  if (standing === 0) {
    return revertedAt === null ? null : (
      <span className="mg-muted" title={revertReason ?? ''}>
        Taken back <DateTime at={revertedAt} timeZone={timeZone} />
      </span>
    );
  }
  return (
    <Button size="compact-sm" variant="default" onClick={() => onRevert(backfill)}>
      {revertedAt === null ? 'Take back' : 'Go on taking back'}
    </Button>
  );
}
