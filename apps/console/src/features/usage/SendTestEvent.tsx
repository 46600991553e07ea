import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';

/** Sends one event of the first metered feature of the plan. */
export function SendTestEvent({ meter }: { meter?: string }) {
  const { slug: organization } = useOrganization();
  const limits = useQuery(trpc.limits.list.queryOptions({ organization }, { enabled: meter === undefined }));
  const target = meter ?? limits.data?.find((limit) => limit.kind === 'metered')?.feature;
  const send = useMutation(
    trpc.usage.sendTestEvent.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  if (target === undefined) return null;
  return (
    <span className="mg-row">
      <Button
        variant="default"
        loading={send.isPending}
        onClick={() => send.mutate({ organization, meter: target })}
      >
        Send a test event
      </Button>
      <span role="status">
        {send.error === null
          ? send.isSuccess
            ? 'Sent. It is counted in a moment.'
            : ''
          : showError(send.error).text}
      </span>
    </span>
  );
}
