import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type NoticeTone = 'danger' | 'warning' | 'info' | 'ok';

const icons = { danger: IconCircleX, warning: IconAlertTriangle, info: IconInfoCircle, ok: IconCircleCheck };

interface NoticeProps {
  tone: NoticeTone;
  children: ReactNode;
  action?: ReactNode;
  role?: 'status' | 'alert';
}

export function Notice({ tone, children, action, role }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className="mg-notice" data-tone={tone} role={role}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <div className="mg-notice-text">{children}</div>
      {action === undefined ? null : <div className="mg-row">{action}</div>}
    </div>
  );
}
