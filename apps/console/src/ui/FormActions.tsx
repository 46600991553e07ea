import { Button } from '@mantine/core';
import type { ShownError } from './shown-error.ts';
import { useKeptFocus } from './use-kept-focus.ts';

interface FormActionsProps {
  error: ShownError | null;
  submitLabel: string;
  onBack: () => void;
  isPending: boolean;
  isDisabled?: boolean;
  tone?: 'accent' | 'danger';
}

/** The end of every dialog form: what went wrong, the way back, the one thing it does. */
export function FormActions({ error, submitLabel, onBack, isPending, isDisabled, tone }: FormActionsProps) {
  const submit = useKeptFocus(isPending);
  return (
    <>
      {error === null ? null : (
        <p role="alert" className="mg-field-error">
          {error.text}
        </p>
      )}
      <div className="mg-row mg-row-end">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button
          ref={submit}
          type="submit"
          color={tone ?? 'accent'}
          loading={isPending}
          disabled={isDisabled ?? false}
        >
          {submitLabel}
        </Button>
      </div>
    </>
  );
}
