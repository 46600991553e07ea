import { periodText, zoneText } from './date-text.ts';

interface PeriodLabelProps {
  period: { start: string; end: string } | null;
  timeZone?: string;
  withZone?: boolean;
}

export function PeriodLabel({ period, timeZone, withZone = false }: PeriodLabelProps) {
  return (
    <span className="mg-figure">
      {periodText(period, timeZone)}
      {withZone && timeZone !== undefined ? ` (${zoneText(timeZone)})` : ''}
    </span>
  );
}
