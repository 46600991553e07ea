import type { LineCase } from '../../app/views.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';

const words = { open: 'Questioned', credited: 'Credited', refused: 'Answered: stands' } as const;

/** Where the question about a line stands; nothing for a line that nobody questioned. */
export function CaseBadge({ of }: { of: Pick<LineCase, 'status'> | undefined }) {
  if (of === undefined) return null;
  return <StatusBadge status={`case_${of.status}`} word={words[of.status]} />;
}
