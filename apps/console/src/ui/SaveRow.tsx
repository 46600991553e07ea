import { Button } from '@mantine/core';
import type { ShownError } from './shown-error.ts';

interface SaveRowProps {
  error: ShownError | null;
  isPending: boolean;
  isSaved: boolean;
  isDisabled: boolean;
}

/** The end of a settings form. */
export function SaveRow({ error, isPending, isSaved, isDisabled }: SaveRowProps) {
  return (
    <>
      {error === null ? null : (
        <p role="alert" className="mg-field-error">
          {error.text}
        </p>
      )}
      <div className="mg-row">
        <Button type="submit" loading={isPending} disabled={isDisabled}>
          Save changes
        </Button>
        <span role="status" className="mg-muted">
          {isSaved ? 'Saved.' : ''}
        </span>
      </div>
    </>
  );
}
