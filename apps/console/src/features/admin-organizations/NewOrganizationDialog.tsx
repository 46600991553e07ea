import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { RegionalFields } from '../../components/RegionalFields.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

/** An organization made for a customer; its people come by invitation or by the platform's own id. */
export function NewOrganizationDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [externalId, setExternalId] = useState('');
  const [currency, setCurrency] = useState('USD');
  const [timeZone, setTimeZone] = useState('UTC');
  const create = useMutation(
    trpc.admin.organizations.create.mutationOptions({
      onSuccess: async (organization) => {
        await queryClient.invalidateQueries();
        router.history.push(paths.adminOrganization(organization.slug, { tab: 'subscription' }));
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const ownId = externalId.trim();
    create.mutate({
      name: name.trim(),
      email: email.trim(),
      currency,
      timeZone,
      ...(ownId === '' ? {} : { externalId: ownId }),
    });
  }
  return (
    <Dialog title="New organization" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Name"
          description="As it should stand on invoices."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          data-autofocus
        />
        <TextInput
          type="email"
          label="E-mail for invoices"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput
          label="Your own id"
          description="Optional. The same one twice is the same organization."
          value={externalId}
          onChange={(event) => setExternalId(event.currentTarget.value)}
          maxLength={200}
        />
        <RegionalFields
          currency={currency}
          onCurrency={setCurrency}
          timeZone={timeZone}
          onTimeZone={setTimeZone}
        />
        <FormActions
          error={create.error === null ? null : showError(create.error)}
          submitLabel="Create organization"
          onBack={onClose}
          isPending={create.isPending}
          isDisabled={name.trim() === '' || email.trim() === ''}
        />
      </form>
    </Dialog>
  );
}
