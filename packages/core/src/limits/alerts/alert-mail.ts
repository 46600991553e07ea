import { escapeHtml } from '../../shared/escape-html.ts';

export interface AlertWords {
  organizationName: string;
  featureName: string;
  threshold: number;
  used: string;
  limit: string;
  consequence: string;
}

/** Plain words in both forms; names come from users, so the HTML escapes them. */
export function alertMail(words: AlertWords): { subject: string; text: string; html: string } {
  const { organizationName, featureName, threshold, used, limit, consequence } = words;
  const subject = `${featureName}: ${threshold} % of the limit used`.replaceAll(/[\r\n]+/g, ' ');
  const text = `${organizationName} has used ${used} of ${limit} (${featureName}). ${consequence}`;
  return { subject, text, html: `<p>${escapeHtml(text)}</p>` };
}
