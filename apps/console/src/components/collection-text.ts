import type { Subscription } from '../app/views.ts';
import { dateText } from './date-text.ts';

const fates = {
  keep_as_draft: 'paused, invoices stay drafts',
  mark_uncollectible: 'paused, invoices are written off',
  void: 'paused, invoices are voided',
} as const;

/** "paused, invoices are voided, until 1 Jul 2027"; — while payments are collected as usual. */
export function collectionText(pause: Subscription['collectionPause'], timeZone: string): string {
  if (pause === null) return '—';
  const until = pause.resumesAt === null ? '' : `, until ${dateText(pause.resumesAt, timeZone)}`;
  return `${fates[pause.behavior]}${until}`;
}
