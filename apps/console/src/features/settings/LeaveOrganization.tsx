import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { sessionOptions, useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { Dialog } from '../../ui/Dialog.tsx';

export function LeaveOrganization() {
  const { slug: organization, name } = useOrganization();
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const leave = useMutation(
    trpc.members.leave.mutationOptions({
      onSuccess: async () => {
        router.history.push(paths.home());
        await queryClient.refetchQueries(sessionOptions());
      },
    }),
  );
  return (
    <div className="mg-row">
      <Button variant="default" color="danger" onClick={() => setAsking(true)}>
        Leave {name}
      </Button>
      <Dialog title={`Leave ${name}`} opened={isAsking} onClose={() => setAsking(false)}>
        <div className="mg-stack">
          <p>You no longer see its usage and billing. Somebody there can invite you again.</p>
          {leave.error === null ? null : (
            <p role="alert" className="mg-field-error">
              {showError(leave.error).text}
            </p>
          )}
          <div className="mg-row mg-row-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Back
            </Button>
            <Button color="danger" loading={leave.isPending} onClick={() => leave.mutate({ organization })}>
              Leave
            </Button>
          </div>
        </div>
      </Dialog>
    </div>
  );
}
