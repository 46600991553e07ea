import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc, trpcClient } from '../../app/trpc.ts';
import type { Backfill, RevertPreview } from '../../app/views.ts';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { quantityText } from '../../components/quantity-text.ts';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

/** Says what taking a backfill back changes, asks why, and goes on until nothing of it counts. */
export function RevertDialog({ backfill, onClose }: { backfill: Backfill; onClose: () => void }) {
  const { slug: organization, timeZone } = useOrganization();
  const { id } = backfill;
  const preview = useQuery(trpc.usage.previewRevert.queryOptions({ organization, id }));
  const revert = useMutation({
    mutationFn: async (reason: string) => {
      for (let remaining = 1; remaining > 0; ) {
        ({ remaining } = await trpcClient.usage.revertBackfill.mutate({ organization, id, reason }));
      }
    },
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries();
    },
    // What was taken back before it stopped is shown all the same.
    onError: () => queryClient.invalidateQueries(),
  });
  const error = revert.error ?? preview.error;
  return (
    <ReasonDialog
      title="Take this backfill back"
      opened
      onClose={onClose}
      confirmLabel="Take back"
      tone="danger"
      initialReason={backfill.revertReason ?? ''}
      field={{ label: 'Reason', description: 'Kept in the audit log with your name.' }}
      isPending={revert.isPending}
      error={error === null ? null : showError(error)}
      onConfirm={(reason) => revert.mutate(reason)}
    >
      <p>
        {backfill.standing === 1 ? '1 event' : `${quantityText(String(backfill.standing))} events`} of{' '}
        <code className="mg-anywhere">{id}</code> will not count any more. Their ids stay taken.
      </p>
      {preview.data === undefined ? null : <Changes preview={preview.data} timeZone={timeZone} />}
    </ReasonDialog>
  );
}

function Changes({ preview, timeZone }: { preview: RevertPreview; timeZone: string }) {
  return (
    <ul>
      {preview.periods.map((period) => (
        <li key={`${period.meter} ${period.start}`}>
          {period.meter.replaceAll('_', ' ')}, <PeriodLabel period={period} timeZone={timeZone} />:{' '}
          {quantityText(period.before)}
          {period.after === null
            ? ' becomes what its other events say'
            : ` becomes ${quantityText(period.after)}`}
          {period.isClosed ? '; where it was billed, the next invoice gives back the difference' : ''}
        </li>
      ))}
    </ul>
  );
}
