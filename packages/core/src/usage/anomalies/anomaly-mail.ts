import { escapeHtml } from '../../shared/escape-html.ts';
import type { StoredAnomaly } from './anomalies.ports.ts';

export interface AnomalyWords
  extends Pick<StoredAnomaly, 'kind' | 'windowStart' | 'windowEnd' | 'expected' | 'actual'> {
  organizationName: string;
  meterName: string;
}

/** Plain words in both forms; names come from users, so the HTML escapes them. */
export function anomalyMail(words: AnomalyWords): { subject: string; text: string; html: string } {
  const { organizationName, meterName, kind, windowStart, windowEnd, expected, actual } = words;
  const what = kind === 'spike' ? 'much more than usual' : 'almost nothing';
  const subject = `${meterName}: ${what}`.replaceAll(/[\r\n]+/g, ' ');
  const text =
    `${organizationName} used ${actual} (${meterName}) from ${windowStart.toISOString()} to ` +
    `${windowEnd.toISOString()}; in the same hours of the weeks before it was ${expected}. ` +
    'Nothing was stopped because of this.';
  return { subject, text, html: `<p>${escapeHtml(text)}</p>` };
}
