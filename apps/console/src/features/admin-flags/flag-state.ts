import { daysUntil } from '../../app/now.ts';
import type { Flag } from '../../app/views.ts';

/** One word for the list; the kill switch wins over everything. */
export function flagState(flag: Flag): 'killed' | 'stale' | 'on' | 'off' {
  if (flag.isKilled) return 'killed';
  if (flag.expiresAt !== null && daysUntil(flag.expiresAt) < 0) return 'stale';
  return flag.isEnabled ? 'on' : 'off';
}
