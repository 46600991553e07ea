import { Select, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { FlagDetail } from '../../app/views.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

export function FlagOverrideDialog({ flag, onClose }: { flag: FlagDetail; onClose: () => void }) {
  const [organization, setOrganization] = useState('');
  const choices = flag.kind === 'boolean' ? ['on', 'off'] : flag.variants;
  const [value, setValue] = useState(choices[0] ?? 'on');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const save = useMutation(
    trpc.admin.flags.setOverride.mutationOptions({
      onSuccess: (next) => {
        queryClient.setQueryData(trpc.admin.flags.get.queryKey({ key: flag.key }), next);
        onClose();
      },
    }),
  );
  const isValid = organization.trim() !== '' && reason.trim().length >= 3;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({
      key: flag.key,
      organization: organization.trim(),
      value: flag.kind === 'boolean' ? value === 'on' : value,
      reason: reason.trim(),
      expiresAt: until === '' ? null : new Date(`${until}T23:59:59.999Z`).toISOString(),
    });
  }
  return (
    <Dialog title={`Override ${flag.key}`} opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <TextInput
          label="Organization"
          description="Slug or id."
          value={organization}
          onChange={(event) => setOrganization(event.currentTarget.value)}
          data-autofocus
        />
        <Select label="Value" data={choices} value={value} onChange={(next) => setValue(next ?? value)} />
        <TextInput
          type="date"
          label="Last day (UTC)"
          description="Empty: until somebody removes it."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Textarea
          label="Reason"
          description="Kept in the history."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
        />
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel="Set override"
          onBack={onClose}
          isPending={save.isPending}
          isDisabled={!isValid}
        />
      </form>
    </Dialog>
  );
}
