import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ShownError } from './shown-error.ts';
import { useKeptFocus } from './use-kept-focus.ts';

interface SaveRowProps {
  error: ShownError | null;
  isPending: boolean;
  isSaved: boolean;
  isDisabled: boolean;
  /** Beside the button: what else can be done. */
  children?: ReactNode;
}

/** The end of a settings form. */
export function SaveRow({ error, isPending, isSaved, isDisabled, children }: SaveRowProps) {
  const save = useKeptFocus(isPending);
  return (
    <>
      {error === null ? null : (
        <p role="alert" className="mg-field-error">
          {error.text}
        </p>
      )}
      <div className="mg-row">
        <Button ref={save} type="submit" loading={isPending} disabled={isDisabled}>
          Save changes
        </Button>
        {children}
        <span role="status" className="mg-muted">
          {isSaved ? 'Saved.' : ''}
        </span>
      </div>
    </>
  );
}
