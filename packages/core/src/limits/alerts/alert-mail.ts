import { escapeHtml } from '../../shared/escape-html.ts';
import { localDate } from '../../shared/time/day-window.ts';
import type { Period } from '../../shared/time/period.ts';

export interface AlertWords {
  organizationName: string;
  featureName: string;
  threshold: number;
  used: string;
  limit: string;
  consequence: string;
  /** The window, when it had ended before this could be told; null = it runs. */
  ended: Period | null;
  timeZone: string;
}

/** Plain words in both forms; names come from users, so the HTML escapes them. */
export function alertMail(words: AlertWords): { subject: string; text: string; html: string } {
  const { organizationName, featureName, threshold, used, limit, consequence, ended, timeZone } = words;
  const when = ended === null ? null : windowText(ended, timeZone);
  const subject =
    `${featureName}: ${threshold} % of the limit used${when === null ? '' : ` (${when})`}`.replaceAll(
      /[\r\n]+/g,
      ' ',
    );
  const text =
    when === null
      ? `${organizationName} has used ${used} of ${limit} (${featureName}). ${consequence}`
      : `${organizationName} had used ${used} of ${limit} (${featureName}) in the window that has ended since: ${when}. It could not be told earlier.`;
  return { subject, text, html: `<p>${escapeHtml(text)}</p>` };
}

/** The days in the organization's zone; of an hour its times, in UTC as hours are counted. */
function windowText({ start, end }: Period, timeZone: string): string {
  if (end.getTime() - start.getTime() <= 3_600_000) {
    const [from, to] = [start, end].map((at) => at.toISOString().slice(11, 16));
    return `${start.toISOString().slice(0, 10)} ${from}–${to} UTC`;
  }
  const first = localDate(start, timeZone);
  const last = localDate(new Date(end.getTime() - 1), timeZone);
  return first === last ? first : `${first} to ${last}`;
}
