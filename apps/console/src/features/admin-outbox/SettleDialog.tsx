import { useMutation } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { OutboxMessage } from '../../app/views.ts';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

export interface Settling {
  message: OutboxMessage;
  how: 'retry' | 'dismiss';
}

/** Asks why before a message that was given up is sent again or ended. */
export function SettleDialog({ settling, onClose }: { settling: Settling; onClose: () => void }) {
  const { message, how } = settling;
  const options = {
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries();
    },
  };
  const retry = useMutation(trpc.admin.outbox.retry.mutationOptions(options));
  const dismiss = useMutation(trpc.admin.outbox.dismiss.mutationOptions(options));
  const { isPending, error, mutate } = how === 'retry' ? retry : dismiss;
  return (
    <ReasonDialog
      title={how === 'retry' ? 'Send this message again' : 'Dismiss this message'}
      opened
      onClose={onClose}
      confirmLabel={how === 'retry' ? 'Send again' : 'Dismiss'}
      tone={how === 'retry' ? 'accent' : 'danger'}
      isPending={isPending}
      error={error === null ? null : showError(error)}
      onConfirm={(reason) => mutate({ id: message.id, reason })}
    >
      <p>
        <code className="mg-anywhere">{message.kind}</code> of {message.organization.name}.
      </p>
      <p className="mg-muted">
        {how === 'retry'
          ? 'It goes before later messages of this organization. What must not happen twice is looked up at Stripe first.'
          : 'It is never sent. It stays here to be read.'}
      </p>
    </ReasonDialog>
  );
}
