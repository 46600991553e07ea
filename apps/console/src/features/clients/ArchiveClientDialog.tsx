import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Client } from '../../app/views.ts';
import { Dialog } from '../../ui/Dialog.tsx';

export function ArchiveClientDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const { slug: organization } = useOrganization();
  const archive = useMutation(
    trpc.clients.archive.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <Dialog title={`Archive ${client.name}`} opened onClose={onClose}>
      <div className="mg-stack">
        <p>
          New usage for {client.name} is refused from now on. What it used stays on the invoice and in the
          graphs. A fee per client is no longer charged for it.
        </p>
        {archive.error === null ? null : (
          <p role="alert" className="mg-field-error">
            {showError(archive.error).text}
          </p>
        )}
        <div className="mg-row mg-row-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            color="danger"
            loading={archive.isPending}
            onClick={() => archive.mutate({ organization, clientId: client.id })}
          >
            Archive {client.name}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
