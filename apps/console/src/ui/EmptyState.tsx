import { IconFilterOff, IconInbox, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Three reasons for nothing to show, told apart: never had any, filtered away, not in the plan. */
export type EmptyReason = 'never' | 'filtered' | 'not_in_plan';

interface EmptyStateProps {
  reason: EmptyReason;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

const icons = { never: IconInbox, filtered: IconFilterOff, not_in_plan: IconLock };

export function EmptyState({ reason, title, children, action }: EmptyStateProps) {
  const Icon = icons[reason];
  return (
    <div className="mg-empty">
      <span className="mg-empty-icon">
        <Icon size={20} stroke={1.5} aria-hidden />
      </span>
      <p className="mg-strong">{title}</p>
      {children === undefined ? null : <p className="mg-muted mg-measure">{children}</p>}
      {action === undefined ? null : <div className="mg-row">{action}</div>}
    </div>
  );
}
