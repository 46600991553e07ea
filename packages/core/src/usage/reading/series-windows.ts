import { AppError } from '../../shared/app-error.ts';
import { dayWindows } from '../../shared/time/day-window.ts';
import { intersection, type Period } from '../../shared/time/period.ts';

export type Granularity = 'hour' | 'day' | 'week' | 'month' | 'period';

/** More points than a chart has pixels; a longer question is asked in parts. */
const windowsMax = 800;
const hourMs = 3_600_000;

/**
 * Cuts a span into the windows of a chart, without gaps, the first and last clipped to the span. Hours are those of
 * UTC; days run from local midnight (23–25 h), weeks from Monday, months from the first, all in the zone.
 * @throws SPAN_TOO_LONG
 */
export function seriesWindows(span: Period, granularity: Granularity, timeZone: string): Period[] {
  const windows = cut(span, granularity, timeZone);
  if (windows.length > windowsMax) throw spanTooLong();
  return windows;
}

function cut(span: Period, granularity: Granularity, timeZone: string): Period[] {
  if (granularity === 'period') return [span];
  if (granularity === 'hour') return hours(span);
  if ((span.end.getTime() - span.start.getTime()) / (24 * hourMs) > 1000) throw spanTooLong();
  const days = dayWindows(span, timeZone);
  if (granularity === 'day') return clip(days, span);
  const isFirst = granularity === 'week' ? isMonday : isFirstOfMonth;
  const groups: { start: Date; end: Date }[] = [];
  for (const day of days) {
    const last = groups.at(-1);
    if (last === undefined || isFirst(day.date)) groups.push({ start: day.start, end: day.end });
    else last.end = day.end;
  }
  return clip(groups, span);
}

function hours({ start, end }: Period): Period[] {
  const first = Math.floor(start.getTime() / hourMs);
  const count = Math.ceil(end.getTime() / hourMs) - first;
  if (count > windowsMax) throw spanTooLong();
  const windows = Array.from({ length: count }, (_, n) => ({
    start: new Date((first + n) * hourMs),
    end: new Date((first + n + 1) * hourMs),
  }));
  return clip(windows, { start, end });
}

function clip(windows: readonly Period[], span: Period): Period[] {
  return windows.flatMap((window) => intersection(window, span) ?? []);
}

function isMonday(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).getUTCDay() === 1;
}

function isFirstOfMonth(date: string): boolean {
  return date.endsWith('-01');
}

function spanTooLong(): AppError {
  return new AppError({
    code: 'SPAN_TOO_LONG',
    kind: 'malformed',
    message: `a series has more than ${windowsMax} points`,
    userMessage: `This would be more than ${windowsMax} points. Ask for a shorter span or longer steps.`,
  });
}
