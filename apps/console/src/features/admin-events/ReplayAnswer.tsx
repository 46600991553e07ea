import type { ReplayAnswer as Answer } from '../../app/views.ts';
import { Notice } from '../../ui/Notice.tsx';

const words: Readonly<Record<Answer['result'], string>> = {
  would_change: 'A replay would change:',
  already_applied: 'Already applied: a replay would change nothing.',
  newer_state_exists: 'A newer state exists: a replay would read the object again and keep it.',
  requeued: 'Queued again. The attempt appears below in a moment.',
  not_replayable: 'This event cannot be replayed.',
};

export function ReplayAnswer({ answer }: { answer: Answer }) {
  return (
    <div className="mg-notices">
      <Notice tone={answer.result === 'not_replayable' ? 'warning' : 'info'} role="status">
        {words[answer.result]}
        {answer.changes.map((change) => (
          <div key={change.field}>
            <code>
              {change.field}: {change.before ?? '—'} → {change.after ?? '—'}
            </code>
          </div>
        ))}
      </Notice>
    </div>
  );
}
