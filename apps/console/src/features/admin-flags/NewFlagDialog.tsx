import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

const keyPattern = /^[a-z0-9][a-z0-9_-]{0,79}$/;

export function NewFlagDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [key, setKey] = useState('');
  const [description, setDescription] = useState('');
  const [owner, setOwner] = useState('');
  const save = useMutation(
    trpc.admin.flags.save.mutationOptions({
      onSuccess: async (flag) => {
        await queryClient.invalidateQueries(trpc.admin.flags.list.queryFilter());
        router.history.push(paths.adminFlag(flag.key));
      },
    }),
  );
  const isValid = keyPattern.test(key) && description.trim() !== '' && owner.trim() !== '';
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({
      key,
      description: description.trim(),
      kind: 'boolean',
      defaultValue: false,
      isEnabled: false,
      rolloutPercent: '0',
      owner: owner.trim(),
      reason: 'New flag',
      expectedVersion: 0,
    });
  }
  return (
    <Dialog title="New flag" opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Key"
          description="Lower case letters, digits, - and _. It cannot be changed."
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={key === '' || keyPattern.test(key) ? null : 'Lower case letters, digits, - and _ only.'}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="What it does"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={500}
        />
        <TextInput
          label="Owner"
          description="Who is asked when it misbehaves."
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
          maxLength={100}
        />
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel="Create, off at 0 %"
          onBack={onClose}
          isPending={save.isPending}
          isDisabled={!isValid}
        />
      </form>
    </Dialog>
  );
}
