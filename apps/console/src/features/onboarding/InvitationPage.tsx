import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { sessionOptions, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';

export function InvitationPage() {
  const { token = '' } = useParams({ strict: false });
  const session = useSession();
  const router = useRouter();
  const accept = useMutation(
    trpc.members.acceptInvitation.mutationOptions({
      onSuccess: async ({ slug }) => {
        await queryClient.refetchQueries(sessionOptions());
        router.history.push(paths.overview(slug));
      },
    }),
  );
  return (
    <PlainLayout>
      <PageHeader title="You are invited" context="" lead={`Signed in as ${session.user.email}.`} />
      <div className="mg-stack">
        {accept.error === null ? null : (
          <Notice tone="danger" role="alert">
            {showError(accept.error).text}
          </Notice>
        )}
        <p>
          Accept to see the organization’s usage and billing. The invitation must be addressed to your e-mail.
        </p>
        <Button fullWidth size="md" loading={accept.isPending} onClick={() => accept.mutate({ token })}>
          Accept the invitation
        </Button>
      </div>
    </PlainLayout>
  );
}
