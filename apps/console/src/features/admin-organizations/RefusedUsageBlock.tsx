import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { RefusedUsage } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** Hours that Stripe took and then did not count; the block is there only when there are some. */
export function RefusedUsageBlock({ organization }: { organization: string }) {
  const session = useSession();
  const [asked, setAsked] = useState<RefusedUsage | null>(null);
  const query = useQuery(trpc.admin.organizations.refusedUsage.queryOptions({ organization }));
  if (!query.isError && (query.data ?? []).length === 0) return null;
  return (
    <Block title="Usage refused by Stripe" subject="refused usage" query={query} flush>
      {(rows) => (
        <>
          <DataTable
            caption="Usage refused by Stripe"
            rows={rows}
            rowKey={(row) => row.id}
            columns={columns({ refusal: staffRefusal(session, 'billing_ops'), onAsk: setAsked })}
          />
          {asked === null ? null : (
            <ReportAgainDialog organization={organization} usage={asked} onClose={() => setAsked(null)} />
          )}
        </>
      )}
    </Block>
  );
}

function columns(actions: {
  refusal: string | null;
  onAsk: (row: RefusedUsage) => void;
}): Column<RefusedUsage>[] {
  return [
    {
      key: 'meter',
      header: 'Meter and hour',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <span>{row.meter.replaceAll('_', ' ')}</span>
          <span className="mg-muted mg-caption">
            <DateTime at={row.hour.start} as="time" />
          </span>
        </span>
      ),
    },
    { key: 'quantity', header: 'Quantity', align: 'end', render: (row) => quantityText(row.quantity) },
    { key: 'reason', header: 'Why', render: (row) => <span title={row.code}>{row.reason}</span> },
    {
      key: 'action',
      header: '',
      align: 'end',
      phone: 'bare',
      render: (row) =>
        row.state === 'settled' ? (
          <span className="mg-muted mg-caption">Settled by billing</span>
        ) : (
          <GuardedButton
            size="compact-sm"
            variant="default"
            refusal={actions.refusal}
            onClick={() => actions.onAsk(row)}
          >
            Report again
          </GuardedButton>
        ),
    },
  ];
}

interface ReportAgainDialogProps {
  organization: string;
  usage: RefusedUsage;
  onClose: () => void;
}

function ReportAgainDialog({ organization, usage, onClose }: ReportAgainDialogProps) {
  const again = useMutation(
    trpc.admin.organizations.reportAgain.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <ReasonDialog
      title="Report this hour again"
      opened
      onClose={onClose}
      confirmLabel="Report again"
      isPending={again.isPending}
      error={again.error === null ? null : showError(again.error)}
      onConfirm={(reason) => again.mutate({ organization, id: usage.id, reason })}
    >
      <p>
        {quantityText(usage.quantity)} of {usage.meter.replaceAll('_', ' ')} was refused: {usage.reason}.
      </p>
      <p className="mg-muted">
        Remove the cause first. Stripe’s meter is asked before anything is sent, so nothing counts twice.
      </p>
    </ReasonDialog>
  );
}
