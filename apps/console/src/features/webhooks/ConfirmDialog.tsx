import type { FormEvent, ReactNode } from 'react';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormActions } from '../../ui/FormActions.tsx';
import type { ShownError } from '../../ui/shown-error.ts';

interface ConfirmDialogProps {
  title: string;
  confirmLabel: string;
  tone: 'accent' | 'danger';
  isPending: boolean;
  error: ShownError | null;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!props.isPending) props.onConfirm();
  }
  return (
    <Dialog title={props.title} opened onClose={props.onClose}>
      <form className="mg-stack" onSubmit={submit}>
        <div>{props.children}</div>
        <FormActions
          error={props.error}
          submitLabel={props.confirmLabel}
          onBack={props.onClose}
          isPending={props.isPending}
          tone={props.tone}
        />
      </form>
    </Dialog>
  );
}
