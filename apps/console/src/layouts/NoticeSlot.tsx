import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { liveIntervalMs } from '../app/query-client.ts';
import { trpc } from '../app/trpc.ts';
import type { Notice as NoticeView } from '../app/views.ts';
import { ButtonLink } from '../components/ButtonLink.tsx';
import { Notice } from '../ui/Notice.tsx';

/** Most urgent first; one is shown, the others open on request. */
const ladder: readonly NoticeView['kind'][] = [
  'suspended',
  'past_due',
  'action_required',
  'limit_blocked',
  'cancels_on',
  'limit_warning',
  'trial_ending',
  'paused',
  'change_scheduled',
  'card_expiring',
];
const cannotBeHidden: readonly NoticeView['kind'][] = ['suspended', 'past_due'];

export function orderByUrgency(notices: readonly NoticeView[]): NoticeView[] {
  return [...notices].sort((left, right) => ladder.indexOf(left.kind) - ladder.indexOf(right.kind));
}

export function NoticeSlot({ organization }: { organization: string }) {
  const query = useQuery(
    trpc.invoices.notices.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  const [hidden, setHidden] = useState<readonly string[]>(readHidden);
  const [showAll, setShowAll] = useState(false);
  const notices = orderByUrgency(query.data ?? []).filter(
    (notice) => cannotBeHidden.includes(notice.kind) || !hidden.includes(notice.text),
  );
  if (notices.length === 0) return null;
  const shown = showAll ? notices : notices.slice(0, 1);
  function hide(notice: NoticeView) {
    const next = [...hidden, notice.text];
    window.sessionStorage.setItem(hiddenKey, JSON.stringify(next));
    setHidden(next);
  }
  return (
    <section className="mg-notices" aria-label="Notices">
      {shown.map((notice, index) => (
        <Notice
          key={notice.kind + notice.text}
          tone={notice.severity}
          role="status"
          action={
            <>
              {notice.action === null ? null : (
                <ButtonLink
                  to={notice.action.to}
                  size="compact-sm"
                  color={notice.severity === 'danger' ? 'danger' : 'accent'}
                  variant={notice.severity === 'danger' ? 'filled' : 'default'}
                >
                  {notice.action.label}
                </ButtonLink>
              )}
              {index === 0 && notices.length > 1 ? (
                <button
                  type="button"
                  className="mg-link"
                  aria-expanded={showAll}
                  onClick={() => setShowAll(!showAll)}
                >
                  {showAll ? 'Show one' : `${notices.length - 1} more`}
                </button>
              ) : null}
              {cannotBeHidden.includes(notice.kind) ? null : (
                <button type="button" className="mg-link" onClick={() => hide(notice)}>
                  Hide
                </button>
              )}
            </>
          }
        >
          {notice.text}
        </Notice>
      ))}
    </section>
  );
}

const hiddenKey = 'mg-hidden-notices';

function readHidden(): readonly string[] {
  try {
    const value: unknown = JSON.parse(window.sessionStorage.getItem(hiddenKey) ?? '[]');
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}
