import type { ReplayAnswer as Answer } from '../../app/views.ts';
import { Notice } from '../../ui/Notice.tsx';

const words: Readonly<Record<Answer['result'], string>> = {
  would_change: 'A replay would change:',
  already_applied: 'Already applied: a replay would change nothing.',
  would_fail: 'The cause still exists: a replay would fail again.',
  would_ignore: 'A replay would be ignored.',
  would_wait: 'A replay would wait on.',
  requeued: 'Queued again. The attempt appears below in a moment.',
  not_replayable: 'This event cannot be replayed.',
};

export function ReplayAnswer({ answer }: { answer: Answer }) {
  return (
    <div className="mg-notices">
      <Notice
        tone={answer.reason !== null || answer.result === 'not_replayable' ? 'warning' : 'info'}
        role="status"
      >
        {words[answer.result]}
        {answer.reason === null ? null : <div className="mg-anywhere">{answer.reason}</div>}
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
