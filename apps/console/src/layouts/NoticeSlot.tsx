import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { liveIntervalMs } from '../app/query-client.ts';
import { trpc } from '../app/trpc.ts';
import type { Notice as NoticeView } from '../app/views.ts';
import { ButtonLink } from '../components/ButtonLink.tsx';
import { Notice } from '../ui/Notice.tsx';

/** Most urgent first; one is shown, the others open on request. */
const ladder: readonly NoticeView['kind'][] = [
  'closed',
  'suspended',
  'past_due',
  'action_required',
  'limit_blocked',
  'cancels_on',
  'limit_warning',
  'trial_ending',
  'paused',
  'collection_paused',
  'change_scheduled',
  'card_expiring',
];
const cannotBeHidden: readonly NoticeView['kind'][] = ['closed', 'suspended', 'past_due'];

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
  const rest = notices.length - 1;
  return (
    <section className="mg-notices" aria-label="Notices">
      {shown.map((notice, index) => (
        <OneNotice
          key={notice.kind + notice.text}
          notice={notice}
          onHide={() => hide(notice)}
          more={
            index === 0 && rest > 0 ? (
              <MoreNotices count={rest} isOpen={showAll} onToggle={() => setShowAll(!showAll)} />
            ) : null
          }
        />
      ))}
    </section>
  );
}

interface OneNoticeProps {
  notice: NoticeView;
  onHide: () => void;
  more: ReactNode;
}

function OneNotice({ notice, onHide, more }: OneNoticeProps) {
  const { kind, severity, text, action } = notice;
  return (
    <Notice
      tone={severity}
      role="status"
      action={
        <>
          {action === null ? null : <NoticeAction action={action} isUrgent={severity === 'danger'} />}
          {more}
          {cannotBeHidden.includes(kind) ? null : (
            <button type="button" className="mg-link" onClick={onHide}>
              Hide
            </button>
          )}
        </>
      }
    >
      {text}
    </Notice>
  );
}

function NoticeAction({
  action,
  isUrgent,
}: {
  action: NonNullable<NoticeView['action']>;
  isUrgent: boolean;
}) {
  return (
    <ButtonLink
      to={action.to}
      size="compact-sm"
      color={isUrgent ? 'danger' : 'accent'}
      variant={isUrgent ? 'filled' : 'default'}
    >
      {action.label}
    </ButtonLink>
  );
}

function MoreNotices(props: { count: number; isOpen: boolean; onToggle: () => void }) {
  return (
    <button type="button" className="mg-link" aria-expanded={props.isOpen} onClick={props.onToggle}>
      {props.isOpen ? 'Show one' : `${props.count} more`}
    </button>
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
