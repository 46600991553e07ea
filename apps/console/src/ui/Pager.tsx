import { Button } from '@mantine/core';

interface PagerProps {
  cursor: string;
  nextCursor: string | null;
  onCursor: (cursor: string) => void;
}

/** Pages live in the address, so Back returns to the page before. */
export function Pager({ cursor, nextCursor, onCursor }: PagerProps) {
  if (cursor === '' && nextCursor === null) return null;
  return (
    <nav className="mg-pager" aria-label="Pages">
      <Button size="compact-sm" variant="default" disabled={cursor === ''} onClick={() => onCursor('')}>
        First page
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={nextCursor === null}
        onClick={() => onCursor(nextCursor ?? '')}
      >
        Next page
      </Button>
    </nav>
  );
}
