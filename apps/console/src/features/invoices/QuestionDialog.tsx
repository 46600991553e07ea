import { useMutation } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

interface QuestionDialogProps {
  invoiceId: string;
  lineId: string;
  opened: boolean;
  onClose: () => void;
}

export function QuestionDialog({ invoiceId, lineId, opened, onClose }: QuestionDialogProps) {
  const { slug: organization } = useOrganization();
  const ask = useMutation(
    trpc.invoices.dispute.mutationOptions({
      onSuccess: onClose,
      onSettled: () => queryClient.invalidateQueries(),
    }),
  );
  return (
    <ReasonDialog
      title="Question this line"
      opened={opened}
      onClose={onClose}
      confirmLabel="Send the question"
      field={{ label: 'What looks wrong?', description: 'The answer appears on this page.' }}
      isPending={ask.isPending}
      error={ask.error === null ? null : showError(ask.error)}
      onConfirm={(reason) => ask.mutate({ organization, invoiceId, lineId, reason })}
    >
      <p className="mg-muted">
        A line has one question. The invoice stays payable meanwhile; what turns out wrong is credited.
      </p>
    </ReasonDialog>
  );
}
