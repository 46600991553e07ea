import { Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog } from './Dialog.tsx';
import { FormActions } from './FormActions.tsx';
import type { ShownError } from './shown-error.ts';

interface ReasonDialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  /** What will happen, in facts. */
  children: ReactNode;
  confirmLabel: string;
  tone?: 'accent' | 'danger';
  initialReason?: string;
  /** Words of the field where it is no staff action. */
  field?: { label: string; description: string };
  isPending: boolean;
  error: ShownError | null;
  onConfirm: (reason: string) => void;
}

const reasonLengthMin = 3;

/** Staff actions that change money, access or flags leave a reason in the audit log. */
export function ReasonDialog(props: ReasonDialogProps) {
  const [reason, setReason] = useState(props.initialReason ?? '');
  const isShort = reason.trim().length < reasonLengthMin;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isShort && !props.isPending) props.onConfirm(reason.trim());
  }
  return (
    <Dialog title={props.title} opened={props.opened} onClose={props.onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <div>{props.children}</div>
        <Textarea
          label={props.field?.label ?? 'Reason'}
          description={props.field?.description ?? 'Kept in the audit log with your name.'}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          minRows={2}
          required
          data-autofocus
        />
        <FormActions
          error={props.error}
          submitLabel={props.confirmLabel}
          onBack={props.onClose}
          isPending={props.isPending}
          isDisabled={isShort}
          tone={props.tone ?? 'accent'}
        />
      </form>
    </Dialog>
  );
}
