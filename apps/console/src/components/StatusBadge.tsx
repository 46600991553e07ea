import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconFlask,
  IconHelpCircle,
  IconLock,
  IconPlayerPause,
  IconRefresh,
  IconSkull,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'neutral';
type Icon = ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>;

interface Look {
  word: string;
  tone: Tone;
  icon: Icon;
}

/** Icon, word and colour together: none of them carries the meaning alone. */
const looks: Readonly<Record<string, Look>> = {
  active: { word: 'Active', tone: 'ok', icon: IconCircleCheck },
  trialing: { word: 'Trial', tone: 'info', icon: IconFlask },
  past_due: { word: 'Past due', tone: 'danger', icon: IconAlertTriangle },
  unpaid: { word: 'Unpaid', tone: 'danger', icon: IconCircleX },
  incomplete: { word: 'Payment pending', tone: 'warn', icon: IconClock },
  incomplete_expired: { word: 'Never started', tone: 'neutral', icon: IconBan },
  paused: { word: 'Paused', tone: 'neutral', icon: IconPlayerPause },
  canceled: { word: 'Canceled', tone: 'neutral', icon: IconBan },
  cancels: { word: 'Ends soon', tone: 'warn', icon: IconClock },
  draft: { word: 'Draft', tone: 'neutral', icon: IconCircleDashed },
  open: { word: 'Open', tone: 'info', icon: IconClock },
  paid: { word: 'Paid', tone: 'ok', icon: IconCircleCheck },
  void: { word: 'Void', tone: 'neutral', icon: IconBan },
  uncollectible: { word: 'Written off', tone: 'neutral', icon: IconBan },
  archived: { word: 'Archived', tone: 'neutral', icon: IconBan },
  full: { word: 'Full access', tone: 'ok', icon: IconCircleCheck },
  restricted: { word: 'Restricted', tone: 'warn', icon: IconLock },
  suspended: { word: 'Suspended', tone: 'danger', icon: IconLock },
  received: { word: 'Received', tone: 'info', icon: IconClock },
  processing: { word: 'Processing', tone: 'info', icon: IconRefresh },
  processed: { word: 'Processed', tone: 'ok', icon: IconCircleCheck },
  failed: { word: 'Failed', tone: 'danger', icon: IconCircleX },
  ignored: { word: 'Ignored', tone: 'neutral', icon: IconBan },
  dead: { word: 'Dead', tone: 'danger', icon: IconSkull },
  parked: { word: 'Parked', tone: 'warn', icon: IconPlayerPause },
  ok: { word: 'OK', tone: 'ok', icon: IconCircleCheck },
  warning: { word: 'Warning', tone: 'warn', icon: IconAlertTriangle },
  failing: { word: 'Failing', tone: 'danger', icon: IconCircleX },
  unknown: { word: 'Unknown', tone: 'neutral', icon: IconHelpCircle },
  pending: { word: 'Pending', tone: 'info', icon: IconClock },
  sending: { word: 'Sending', tone: 'info', icon: IconRefresh },
  done: { word: 'Done', tone: 'ok', icon: IconCircleCheck },
  repaired: { word: 'Repaired', tone: 'ok', icon: IconCircleCheck },
  gone: { word: 'Gone', tone: 'neutral', icon: IconCircleDashed },
  critical: { word: 'Critical', tone: 'danger', icon: IconAlertTriangle },
  info: { word: 'Information', tone: 'info', icon: IconCircleDashed },
  dismissed: { word: 'Dismissed', tone: 'neutral', icon: IconBan },
  sent: { word: 'Sent', tone: 'ok', icon: IconCircleCheck },
  allowed: { word: 'Allowed', tone: 'ok', icon: IconCircleCheck },
  warned: { word: 'Warned', tone: 'warn', icon: IconAlertTriangle },
  blocked: { word: 'Blocked', tone: 'danger', icon: IconBan },
  on: { word: 'On', tone: 'ok', icon: IconCircleCheck },
  off: { word: 'Off', tone: 'neutral', icon: IconBan },
  killed: { word: 'Killed', tone: 'danger', icon: IconSkull },
  stale: { word: 'Stale', tone: 'warn', icon: IconClock },
  expired: { word: 'Expired', tone: 'danger', icon: IconCircleX },
  soon: { word: 'Expires soon', tone: 'warn', icon: IconClock },
  valid: { word: 'Valid', tone: 'ok', icon: IconCircleCheck },
  enabled: { word: 'Enabled', tone: 'ok', icon: IconCircleCheck },
  disabled: { word: 'Disabled', tone: 'neutral', icon: IconBan },
  disabled_failing: { word: 'Disabled: failing', tone: 'danger', icon: IconCircleX },
  delivered: { word: 'Delivered', tone: 'ok', icon: IconCircleCheck },
  revoked: { word: 'Revoked', tone: 'neutral', icon: IconBan },
  accepted: { word: 'Accepted', tone: 'ok', icon: IconCircleCheck },
  closed: { word: 'Closed', tone: 'neutral', icon: IconBan },
  case_open: { word: 'Questioned', tone: 'info', icon: IconHelpCircle },
  case_credited: { word: 'Credited', tone: 'ok', icon: IconCircleCheck },
  case_refused: { word: 'Refused', tone: 'neutral', icon: IconBan },
  proof_equal: { word: 'All equal', tone: 'ok', icon: IconCircleCheck },
  proof_open: { word: 'Open', tone: 'info', icon: IconClock },
  proof_different: { word: 'They differ', tone: 'danger', icon: IconAlertTriangle },
  reverted: { word: 'Reverted', tone: 'neutral', icon: IconArrowBackUp },
};

export function StatusBadge({ status, word }: { status: string; word?: string }) {
  const look = looks[status] ?? { word: status.replaceAll('_', ' '), tone: 'neutral', icon: IconHelpCircle };
  return (
    <span className="mg-badge" data-tone={look.tone}>
      <look.icon size={14} stroke={2} aria-hidden />
      {word ?? look.word}
    </span>
  );
}
