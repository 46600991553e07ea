import { readerLocale } from '../app/locale.ts';
import { parseInstant } from '../app/now.ts';
import type { UsageSeries } from '../app/views.ts';
import type { ChartPoint } from '../ui/charts/chart-data.ts';
import { type ChartMode, UsageChart } from '../ui/charts/UsageChart.tsx';
import { dateText, dateTimeText } from './date-text.ts';
import { dayOf } from './day-bounds.ts';
import {
  compactText,
  countedText,
  measuredText,
  nounText,
  percentText,
  quantityText,
  shareOf,
} from './quantity-text.ts';

const bucketWords = { hour: 'hour', day: 'day', week: 'week', month: 'month', period: 'period' } as const;

interface UsageSeriesChartProps {
  series: UsageSeries;
  mode: ChartMode;
  onMode: (mode: ChartMode) => void;
  /** Opens one calendar day of a series by day. */
  onDay?: (day: string) => void;
}

/** A series of the API drawn by the chart, with its sentence. */
export function UsageSeriesChart({ series, mode, onMode, onDay }: UsageSeriesChartProps) {
  const openDay = (index: number) => {
    const start = series.points[index]?.start;
    if (start !== undefined) onDay?.(dayOf(start, series.timeZone));
  };
  return (
    <UsageChart
      name={series.name}
      unit={nounText(series.name)}
      points={toPoints(series)}
      limit={
        series.limit === null
          ? null
          : { value: Number(series.limit), label: `included ${quantityText(series.limit)}` }
      }
      forecast={
        series.forecast === null
          ? null
          : {
              total: Number(series.forecast.total),
              low: Number(series.forecast.low),
              high: Number(series.forecast.high),
            }
      }
      mode={mode}
      onMode={onMode}
      bucketWord={bucketWords[series.granularity]}
      format={(value) => new Intl.NumberFormat(readerLocale(), { maximumFractionDigits: 1 }).format(value)}
      formatAxis={compactText}
      summary={summaryText(series)}
      closer={
        onDay === undefined || series.granularity !== 'day'
          ? undefined
          : { word: 'Look at this day', open: openDay }
      }
    />
  );
}

/** "3,240 of 5,000 included messages used (64 %), on course for 119 % by 30 Nov." */
export function summaryText(series: UsageSeries): string {
  const { forecastFrom, timeZone } = series;
  const later =
    forecastFrom === null
      ? ''
      : ` The period has only begun: a forecast follows from ${dateTimeText(forecastFrom, timeZone)}.`;
  return `${usedText(series)}${later}`;
}

function usedText(series: UsageSeries): string {
  const used = countedText(series.total, series);
  const share = shareOf(series.total, series.limit);
  const head =
    series.limit === null
      ? `${used} used; there is no ceiling.`
      : `${measuredText(series.total, series.unit)} of ${measuredText(series.limit, series.unit)} included ${nounText(series.name)} used${share === null ? '' : ` (${percentText(share)})`}`;
  if (series.limit === '0') return `${used} used; not in your plan.`;
  if (series.limit === null || series.forecast === null) return series.limit === null ? head : `${head}.`;
  const course = shareOf(series.forecast.total, series.limit);
  const reached = series.forecast.limitReachedAt;
  const when =
    reached === null || Number(share ?? 0) >= 100
      ? ''
      : `; included quantity used up about ${dateText(reached, series.timeZone)}`;
  return `${head}, on course for ${percentText(course)} by ${dateText(lastDayOf(series.to), series.timeZone)}${when}.`;
}

function toPoints(series: UsageSeries): ChartPoint[] {
  return series.points.map((point, index) => ({
    label: bucketLabel(point.start, series),
    value: Number(point.quantity),
    text: quantityText(point.quantity),
    state: point.state,
    previous: series.previous?.[index] === undefined ? null : Number(series.previous[index].quantity),
  }));
}

function bucketLabel(start: string, series: UsageSeries): string {
  const options: Intl.DateTimeFormatOptions =
    series.granularity === 'hour'
      ? { day: 'numeric', month: 'short', hour: '2-digit', hourCycle: 'h23' }
      : series.granularity === 'month'
        ? { month: 'short', year: 'numeric' }
        : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(readerLocale(), { ...options, timeZone: series.timeZone }).format(
    parseInstant(start),
  );
}

function lastDayOf(end: string): string {
  return new Date(parseInstant(end).getTime() - 1).toISOString();
}
