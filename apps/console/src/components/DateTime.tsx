import { dateTimeText, fullDateText, relativeText } from './date-text.ts';

interface DateTimeProps {
  at: string | null;
  timeZone?: string;
  /** `date` for documents and periods, `time` for logs, `relative` for what happened today. */
  as?: 'date' | 'time' | 'relative';
}

/** An instant for people, with the exact one on focus and hover. */
export function DateTime({ at, timeZone, as = 'date' }: DateTimeProps) {
  if (at === null) return <span className="mg-muted">—</span>;
  const text =
    as === 'date'
      ? fullDateText(at, timeZone)
      : as === 'time'
        ? dateTimeText(at, timeZone)
        : relativeText(at);
  return (
    <time className="mg-figure mg-nowrap" dateTime={at} title={`${dateTimeText(at, timeZone)} (${at})`}>
      {text}
    </time>
  );
}
