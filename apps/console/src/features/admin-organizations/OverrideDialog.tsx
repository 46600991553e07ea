import { Checkbox, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { Limit } from '../../app/views.ts';
import { countedText, measuredText, unitsText } from '../../components/quantity-text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';

const wholeNumber = /^\d{1,15}$/;

interface OverrideDialogProps {
  organization: string;
  limit: Limit;
  onClose: () => void;
}

export function OverrideDialog({ organization, limit, onClose }: OverrideDialogProps) {
  const [isUnlimited, setUnlimited] = useState(false);
  const [value, setValue] = useState(limit.limit ?? '');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const save = useMutation(
    trpc.admin.organizations.setOverride.mutationOptions({
      onSuccess: (limits) => {
        queryClient.setQueryData(trpc.admin.organizations.limits.queryKey({ organization }), limits);
        onClose();
      },
    }),
  );
  const isValid = (isUnlimited || wholeNumber.test(value)) && reason.trim().length >= 3;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isValid) return;
    save.mutate({
      organization,
      feature: limit.feature,
      limit: isUnlimited ? null : value,
      reason: reason.trim(),
      // The day chosen is the last one of the exception.
      expiresAt: until === '' ? null : new Date(`${until}T23:59:59.999Z`).toISOString(),
    });
  }
  const isBelow =
    !isUnlimited && wholeNumber.test(value) && BigInt(value) < BigInt(limit.used.split('.')[0] ?? '0');
  return (
    <Dialog title={`Override ${limit.name}`} opened onClose={onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <p className="mg-muted mg-figure">
          Now {measuredText(limit.used, limit.unit)} of{' '}
          {limit.limit === null ? 'no ceiling' : countedText(limit.limit, limit)}. {limit.consequence}
        </p>
        <LimitFields
          label={limit.unit === '' ? 'New limit' : `New limit in ${unitsText(limit)}`}
          value={value}
          onValue={setValue}
          isUnlimited={isUnlimited}
          onUnlimited={setUnlimited}
        />
        {isBelow ? (
          <p className="mg-tone-warn">This is below what is already used: new use is refused at once.</p>
        ) : null}
        <TextInput
          type="date"
          label="Last day (UTC)"
          description="Empty: until somebody ends it."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Textarea
          label="Reason"
          description="Kept in the audit log and shown to the organization."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          required
          withAsterisk={false}
        />
        <FormActions
          error={save.error === null ? null : showError(save.error)}
          submitLabel={`Set ${isUnlimited ? 'no ceiling' : wholeNumber.test(value) ? countedText(value, limit) : 'limit'}`}
          onBack={onClose}
          isPending={save.isPending}
          isDisabled={!isValid}
        />
      </form>
    </Dialog>
  );
}

interface LimitFieldsProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  isUnlimited: boolean;
  onUnlimited: (isUnlimited: boolean) => void;
}

function LimitFields({ label, value, onValue, isUnlimited, onUnlimited }: LimitFieldsProps) {
  return (
    <>
      <TextInput
        label={label}
        inputMode="numeric"
        value={value}
        onChange={(event) => onValue(event.currentTarget.value.trim())}
        disabled={isUnlimited}
        error={isUnlimited || value === '' || wholeNumber.test(value) ? null : 'A whole number.'}
        data-autofocus
      />
      <Checkbox
        label="No ceiling"
        checked={isUnlimited}
        onChange={(event) => onUnlimited(event.currentTarget.checked)}
      />
    </>
  );
}
