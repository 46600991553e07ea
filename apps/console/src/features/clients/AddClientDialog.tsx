import { TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

export function AddClientDialog({ onClose }: { onClose: () => void }) {
  const { slug: organization } = useOrganization();
  const [name, setName] = useState('');
  const [externalId, setExternalId] = useState('');
  const subscriptions = useQuery(trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }));
  const billedPerClient = (subscriptions.data ?? []).filter((subscription) =>
    subscription.items.some((item) => item.kind === 'addon'),
  );
  const create = useMutation(
    trpc.clients.create.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ organization, name: name.trim(), ...(externalId === '' ? {} : { externalId }) });
  }
  return (
    <Dialog title="Add a client" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label="Your own id (optional)"
          description="Lets your product name the client by the id it already has."
          value={externalId}
          onChange={(event) => setExternalId(event.currentTarget.value)}
          maxLength={200}
        />
        {billedPerClient.map((subscription) => (
          <p key={subscription.id} className="mg-muted">
            {subscription.planName} bills every active client. The rest of this period is billed in
            proportion.
          </p>
        ))}
        <FormActions
          error={create.error === null ? null : showError(create.error)}
          submitLabel="Add client"
          onBack={onClose}
          isPending={create.isPending}
          isDisabled={name.trim() === ''}
        />
      </form>
    </Dialog>
  );
}
