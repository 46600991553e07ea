/** One bucket of a chart. `value` is null where nothing is known: a gap, never zero. */
export interface ChartPoint {
  label: string;
  value: number | null;
  /** As shown in the read-out and the table, exact. */
  text: string;
  state: 'complete' | 'partial' | 'future';
  previous: number | null;
}

export interface Forecast {
  total: number;
  low: number;
  high: number;
}

export interface ChartRow {
  label: string;
  value: number | null;
  previous: number | null;
  forecast: number | null;
  band: [number, number] | null;
  state: ChartPoint['state'];
  text: string;
}

/** Bars per bucket; the forecast has no meaning for a single bucket and is left out. */
export function perBucketRows(points: readonly ChartPoint[]): ChartRow[] {
  return points.map((point) => ({
    label: point.label,
    value: point.state === 'future' ? null : point.value,
    previous: point.previous,
    forecast: null,
    band: null,
    state: point.state,
    text: point.text,
  }));
}

/** Running totals, with the forecast drawn from the last known bucket to the end of the period. */
export function cumulativeRows(points: readonly ChartPoint[], forecast: Forecast | null): ChartRow[] {
  const lastKnown = points.findLastIndex((point) => point.state !== 'future');
  const steps = points.length - 1 - lastKnown;
  let total = 0;
  let previousTotal = 0;
  let totalAtLastKnown = 0;
  const rows = points.map((point, index): ChartRow => {
    if (point.value !== null && index <= lastKnown) total += point.value;
    if (index === lastKnown) totalAtLastKnown = total;
    if (point.previous !== null) previousTotal += point.previous;
    return {
      label: point.label,
      value: index <= lastKnown ? total : null,
      previous: point.previous === null ? null : previousTotal,
      forecast: null,
      band: null,
      state: point.state,
      text: point.text,
    };
  });
  if (forecast === null || steps <= 0 || lastKnown < 0) return rows;
  return rows.map((row, index) => {
    if (index < lastKnown) return row;
    const share = (index - lastKnown) / steps;
    const along = (end: number) => totalAtLastKnown + (end - totalAtLastKnown) * share;
    return { ...row, forecast: along(forecast.total), band: [along(forecast.low), along(forecast.high)] };
  });
}

/** Index after a key press, or null when the key means nothing to the chart. */
export function stepIndex(key: string, index: number, count: number): number | null {
  if (key === 'ArrowLeft') return Math.max(0, index - 1);
  if (key === 'ArrowRight') return Math.min(count - 1, index + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}

const ticksMax = 4;

/** At most five steps from zero to at least `top`, each a round number. */
export function niceTicks(top: number): number[] {
  const reached = Math.max(top, ticksMax);
  const rough = reached / ticksMax;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough) ?? rough;
  const count = Math.ceil(reached / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
