import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Limit } from '../../app/views.ts';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { isInPlan } from '../../components/limit-share.ts';
import { measuredText, percentText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { OverrideDialog } from './OverrideDialog.tsx';

export function LimitsTab({ organization }: { organization: string }) {
  const session = useSession();
  const refusal = staffRefusal(session, 'billing_ops');
  const [raised, setRaised] = useState<Limit | null>(null);
  const [ended, setEnded] = useState<Limit | null>(null);
  const query = useQuery(trpc.admin.organizations.limits.queryOptions({ organization }));
  const end = useMutation(
    trpc.admin.organizations.endOverride.mutationOptions({
      onSuccess: (limits) => {
        queryClient.setQueryData(trpc.admin.organizations.limits.queryKey({ organization }), limits);
        setEnded(null);
      },
    }),
  );
  return (
    <Block title="Limits" subject="limits" query={query} shape="table" flush hideTitle>
      {(limits) =>
        limits.length === 0 ? (
          <EmptyState reason="never" title="No limits">
            They come with a plan.
          </EmptyState>
        ) : (
          <>
            <DataTable
              caption="Limits"
              rows={limits}
              rowKey={(row) => `${row.family}/${row.feature}`}
              columns={limitColumns({ refusal, onEnd: setEnded, onOverride: setRaised })}
            />
            {raised === null ? null : (
              <OverrideDialog organization={organization} limit={raised} onClose={() => setRaised(null)} />
            )}
            {ended === null ? null : (
              <ReasonDialog
                title={`End the exception for ${ended.name}`}
                opened
                onClose={() => setEnded(null)}
                confirmLabel="End exception"
                tone="danger"
                isPending={end.isPending}
                error={end.error === null ? null : showError(end.error)}
                onConfirm={(reason) => end.mutate({ organization, feature: ended.feature, reason })}
              >
                The plan’s own limit applies at once. Used so far: {measuredText(ended.used, ended.unit)}.
              </ReasonDialog>
            )}
          </>
        )
      }
    </Block>
  );
}

interface LimitActions {
  refusal: string | null;
  onEnd: (limit: Limit) => void;
  onOverride: (limit: Limit) => void;
}

function limitColumns({ refusal, onEnd, onOverride }: LimitActions): Column<Limit>[] {
  return [
    {
      key: 'feature',
      header: 'Feature',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <span className="mg-strong">{row.name}</span>
          <span className="mg-muted mg-caption">{row.family}</span>
        </span>
      ),
    },
    {
      key: 'used',
      header: 'Used',
      align: 'end',
      render: (row) => <span className="mg-figure">{measuredText(row.used, row.unit)}</span>,
    },
    {
      key: 'reserved',
      header: 'Reserved',
      align: 'end',
      phone: 'hidden',
      render: (row) => <span className="mg-figure">{measuredText(row.reserved, row.unit)}</span>,
    },
    {
      key: 'limit',
      header: 'Limit',
      align: 'end',
      render: (row) => (
        <span className="mg-figure">
          {!isInPlan(row)
            ? 'not in plan'
            : row.limit === null
              ? 'no ceiling'
              : measuredText(row.limit, row.unit)}
        </span>
      ),
    },
    {
      key: 'percent',
      header: 'Full',
      align: 'end',
      phone: 'value',
      render: (row) => <span className="mg-figure">{isInPlan(row) ? percentText(row.percent) : '—'}</span>,
    },
    {
      key: 'override',
      header: 'Exception',
      render: (row) =>
        row.override === null ? (
          <span className="mg-muted">—</span>
        ) : (
          <span className="mg-cell-two">
            <span>{row.override.reason}</span>
            <span className="mg-muted mg-caption">
              {row.override.expiresAt === null ? 'no end' : `until ${dateText(row.override.expiresAt)}`}
            </span>
          </span>
        ),
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      render: (row) => (
        <span className="mg-row mg-row-end">
          {row.override === null || refusal !== null ? null : (
            <Button size="compact-sm" variant="subtle" color="danger" onClick={() => onEnd(row)}>
              End<span className="mg-sr-only"> exception for {row.name}</span>
            </Button>
          )}
          <GuardedButton
            size="compact-sm"
            variant="default"
            refusal={refusal}
            onClick={() => onOverride(row)}
          >
            Override<span className="mg-sr-only"> {row.name}</span>
          </GuardedButton>
        </span>
      ),
    },
  ];
}
