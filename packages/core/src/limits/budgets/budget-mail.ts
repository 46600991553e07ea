import { escapeHtml } from '../../shared/escape-html.ts';
import { formatMoney } from '../../shared/money/format-money.ts';
import type { Budget } from './budget.ts';

export interface BudgetWords {
  organizationName: string;
  clientName: string | null;
  threshold: number;
  costMinor: bigint;
  amountMinor: bigint;
  currency: string;
  onReached: Budget['onReached'];
}

/** Plain words in both forms; names come from users, so the HTML escapes them. */
export function budgetMail(words: BudgetWords): { subject: string; text: string; html: string } {
  const { organizationName, clientName, threshold, currency, onReached } = words;
  const whose = clientName === null ? organizationName : `${clientName} (${organizationName})`;
  const subject = `Budget of ${whose}: ${threshold} % used`.replaceAll(/[\r\n]+/g, ' ');
  const cost = formatMoney({ amountMinor: words.costMinor, currency }, 'en-US');
  const amount = formatMoney({ amountMinor: words.amountMinor, currency }, 'en-US');
  const consequence =
    onReached === 'block' ? 'At the amount, what would cost more is refused.' : 'Nothing stops by itself.';
  const text = `Usage of ${whose} has cost ${cost} of its budget of ${amount}. ${consequence}`;
  return { subject, text, html: `<p>${escapeHtml(text)}</p>` };
}
