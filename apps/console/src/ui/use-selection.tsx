import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Column } from './DataTable.tsx';

/** Chosen rows of one page, by key. Choosing all means all that are shown. */
export function useSelection() {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) =>
    setChosen((known) => {
      const next = new Set(known);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  return { chosen, toggle, clear: () => setChosen(new Set()) };
}

export function selectColumn<T>(options: {
  chosen: ReadonlySet<string>;
  keyOf: (row: T) => string;
  nameOf: (row: T) => string;
  onToggle: (key: string) => void;
}): Column<T> {
  const { chosen, keyOf, nameOf, onToggle } = options;
  return {
    key: 'select',
    header: 'Choose',
    width: 'shrink',
    phone: 'hidden',
    render: (row) => (
      <Checkbox
        aria-label={`Choose ${nameOf(row)}`}
        checked={chosen.has(keyOf(row))}
        onChange={() => onToggle(keyOf(row))}
      />
    ),
  };
}
