import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmptyState } from '../ui/EmptyState.tsx';

interface NothingListedProps {
  isFiltered: boolean;
  /** Said when filters hide everything; the way back is beside it. */
  filtered: string;
  /** Said when there is nothing to hide. */
  never: string;
  onClear: () => void;
  /** Why there is nothing yet; not said of a filtered list. */
  children?: ReactNode;
}

/** A list without rows: there never were any, or its filters leave none. */
export function NothingListed({ isFiltered, filtered, never, onClear, children }: NothingListedProps) {
  if (!isFiltered) {
    return (
      <EmptyState reason="never" title={never}>
        {children}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      reason="filtered"
      title={filtered}
      action={
        <Button variant="default" onClick={onClear}>
          Clear the filters
        </Button>
      }
    />
  );
}
