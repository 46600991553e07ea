import { readerLocale } from '../app/locale.ts';
import { now, parseInstant } from '../app/now.ts';

function format(instant: string, timeZone: string | undefined, options: Intl.DateTimeFormatOptions): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat(readerLocale(), { ...options, ...zone }).format(parseInstant(instant));
}

function isThisYear(instant: string): boolean {
  return parseInstant(instant).getUTCFullYear() === now().getUTCFullYear();
}

/** "12 Nov", with the year when it is not this one, in the billing zone. */
export function dateText(instant: string | null, timeZone?: string): string {
  if (instant === null) return '—';
  const year: Intl.DateTimeFormatOptions = isThisYear(instant) ? {} : { year: 'numeric' };
  return format(instant, timeZone, { day: 'numeric', month: 'short', ...year });
}

export function fullDateText(instant: string | null, timeZone?: string): string {
  if (instant === null) return '—';
  return format(instant, timeZone, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A day without time and zone, as documents print it: "12 Nov". */
export function calendarDateText(date: string): string {
  return format(`${date}T00:00:00Z`, 'UTC', { day: 'numeric', month: 'short' });
}

export function dateTimeText(instant: string | null, timeZone?: string): string {
  if (instant === null) return '—';
  return `${dateText(instant, timeZone)}, ${timeText(instant, timeZone)}`;
}

const dayMs = 86_400_000;

/** When a count starts again: windows of an hour or a day end at a time, those of a month on a date. */
export function resetText(instant: string | null, timeZone?: string): string {
  if (instant === null) return '—';
  const isSoon = parseInstant(instant).getTime() - now().getTime() <= dayMs;
  return isSoon ? dateTimeText(instant, timeZone) : dateText(instant, timeZone);
}

export function timeText(instant: string, timeZone?: string): string {
  return format(instant, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** Ranges end inclusive in words and exclusive on the wire: the last day named is the one before `end`. */
export function periodText(period: { start: string; end: string } | null, timeZone?: string): string {
  if (period === null) return '—';
  const lastInstant = new Date(parseInstant(period.end).getTime() - 1).toISOString();
  const from = dateText(period.start, timeZone);
  const to = dateText(lastInstant, timeZone);
  return from === to ? from : `${from} – ${to}`;
}

/** "3 min ago" within a day, else the date. */
export function relativeText(instant: string): string {
  const seconds = Math.round((now().getTime() - parseInstant(instant).getTime()) / 1000);
  if (seconds < 0 || seconds >= 86_400) return dateText(instant);
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

/** "Europe/Berlin" → "Berlin". */
export function zoneText(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
}
