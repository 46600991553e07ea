import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Organization } from '../../app/views.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

export function SuspendAction({ organization }: { organization: Organization }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const options = {
    onSuccess: async () => {
      setAsking(false);
      await queryClient.invalidateQueries();
    },
  };
  const suspend = useMutation(trpc.admin.organizations.suspend.mutationOptions(options));
  const restore = useMutation(trpc.admin.organizations.restore.mutationOptions(options));
  const isSuspended = organization.suspendedAt !== null;
  const action = isSuspended ? restore : suspend;
  return (
    <>
      <GuardedButton
        variant="default"
        color={isSuspended ? 'accent' : 'danger'}
        refusal={staffRefusal(session, 'billing_ops')}
        onClick={() => setAsking(true)}
      >
        {isSuspended ? 'Restore access' : 'Suspend'}
      </GuardedButton>
      {isAsking ? (
        <ReasonDialog
          title={isSuspended ? `Restore ${organization.name}` : `Suspend ${organization.name}`}
          opened
          onClose={() => setAsking(false)}
          confirmLabel={isSuspended ? 'Restore access' : 'Suspend'}
          tone={isSuspended ? 'accent' : 'danger'}
          isPending={action.isPending}
          error={action.error === null ? null : showError(action.error)}
          onConfirm={(reason) => action.mutate({ organization: organization.slug, reason })}
        >
          {isSuspended
            ? 'Sending and new use work again at once, within the plan.'
            : 'New use is refused at once. Reading, paying and exporting keep working; the owner sees a notice.'}
        </ReasonDialog>
      ) : null}
    </>
  );
}
