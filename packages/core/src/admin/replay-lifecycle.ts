import type { z } from 'zod';
import type { replayAnswerSchema } from './admin.schemas.ts';

const replayWords: Readonly<Record<z.infer<typeof replayAnswerSchema>['result'], string>> = {
  would_change: 'would change something',
  already_applied: 'already applied',
  would_fail: 'would fail again',
  would_ignore: 'would be ignored',
  would_wait: 'would wait on',
  requeued: 'queued again',
  not_replayable: 'cannot be replayed',
};

/** What came of one replay, or would. */
export function replayText({ result, changes, reason }: z.infer<typeof replayAnswerSchema>): string {
  if (reason !== null && result !== 'requeued') return `${replayWords[result]}: ${reason}`;
  const count = changes.length;
  return count === 0
    ? replayWords[result]
    : `${replayWords[result]} (${count} ${count === 1 ? 'field' : 'fields'})`;
}
