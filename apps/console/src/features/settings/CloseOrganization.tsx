import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Organization } from '../../app/views.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

export function CloseOrganization({ organization }: { organization: Organization }) {
  const { slug } = useOrganization();
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const close = useMutation(
    trpc.organizations.close.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        router.history.push(paths.home());
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    close.mutate({ organization: slug, confirmName: typed });
  }
  return (
    <section className="mg-block" aria-labelledby="close-organization">
      <div className="mg-block-head">
        <h2 id="close-organization">Close the organization</h2>
      </div>
      <div className="mg-block-body mg-stack">
        <p className="mg-muted mg-measure">
          Possible once no subscription runs and no invoice is open. Limits then grant nothing, and nobody can
          join, buy or make keys; usage and invoices stay readable.
        </p>
        <div className="mg-row">
          <Button variant="default" color="danger" onClick={() => setOpen(true)}>
            Close {organization.name}
          </Button>
        </div>
      </div>
      <Dialog title={`Close ${organization.name}`} opened={isOpen} onClose={() => setOpen(false)}>
        <form className="mg-stack" onSubmit={submit}>
          <p>Closing cannot be taken back. Everybody who has a page of it open is told at once.</p>
          <TextInput
            label={`Type “${organization.name}” to confirm`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <FormActions
            error={close.error === null ? null : showError(close.error)}
            submitLabel="Close organization"
            onBack={() => setOpen(false)}
            isPending={close.isPending}
            isDisabled={typed !== organization.name}
            tone="danger"
          />
        </form>
      </Dialog>
    </section>
  );
}
