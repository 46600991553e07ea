import { SegmentedControl } from '@mantine/core';
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { Skeletons } from '../Skeletons.tsx';
import { ChartTable } from './ChartTable.tsx';
import {
  type ChartPoint,
  type ChartRow,
  cumulativeRows,
  type Forecast,
  perBucketRows,
  stepIndex,
} from './chart-data.ts';
import './chart.css';

const loadPlot = async () => ({ default: (await import('./UsageChartPlot.tsx')).UsageChartPlot });
const LazyPlot = lazy(loadPlot);
// On its way while the figures are asked for; a failure is met again, and shown, when the chart is drawn.
void loadPlot().catch(() => undefined);

export type ChartMode = 'bucket' | 'cumulative';

interface UsageChartProps {
  name: string;
  unit: string;
  points: readonly ChartPoint[];
  limit: { value: number; label: string } | null;
  forecast: Forecast | null;
  mode: ChartMode;
  /** Absent = the values do not add up, so there is nothing to choose. */
  onMode?: (mode: ChartMode) => void;
  /** What the picture says, in words. */
  summary: ReactNode;
  bucketWord: string;
  /** What a value is called in legend and table; "Used" unless it is something else. */
  valueWord?: string;
  format: (value: number) => string;
  formatAxis: (value: number) => string;
  /** Leads from the chosen bucket to a closer look at it. */
  closer?: { word: string; open: (index: number) => void } | undefined;
}

/** Values over one span: limit, forecast and the period before in one picture, by eye, by keyboard or as a table. */
export function UsageChart(props: UsageChartProps) {
  const { name, unit, points, limit, forecast, mode, onMode, valueWord = 'Used', format, closer } = props;
  const hatchId = useId().replaceAll(':', '');
  const [isTable, setTable] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const rows = mode === 'cumulative' ? cumulativeRows(points, forecast) : perBucketRows(points);
  const lastKnown = Math.max(
    0,
    points.findLastIndex((point) => point.state !== 'future'),
  );
  const active = Math.min(chosen ?? lastKnown, Math.max(0, rows.length - 1));
  function onKey(event: KeyboardEvent) {
    if (event.key === 't') return setTable(!isTable);
    const next = stepIndex(event.key, active, rows.length);
    if (next === null) return;
    event.preventDefault();
    setChosen(next);
  }
  return (
    <figure className="mg-chart">
      <div className="mg-row mg-row-between">
        <Readout
          text={readout(rows[active], { unit, mode, format })}
          closer={points[active]?.state === 'future' ? undefined : closer}
          index={active}
        />
        <Toolbar
          mode={mode}
          onMode={onMode}
          bucketWord={props.bucketWord}
          isTable={isTable}
          onTable={setTable}
        />
      </div>
      {isTable ? (
        <ChartTable name={name} unit={unit} valueWord={valueWord} rows={rows} format={format} />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls; this group is one stepping widget
        <div
          className="mg-chart-frame"
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys step through the values
          tabIndex={0}
          aria-label={`${name}: chart. Arrow keys step through the values, t shows them as a table.`}
          onKeyDown={onKey}
        >
          <Suspense fallback={<Skeletons shape="chart" />}>
            <LazyPlot
              rows={rows}
              limit={mode === 'cumulative' ? limit : null}
              activeIndex={active}
              onActive={setChosen}
              axisText={props.formatAxis}
              hatchId={hatchId}
            />
          </Suspense>
        </div>
      )}
      <Legend points={points} rows={rows} valueWord={valueWord} />
      <figcaption className="mg-chart-summary">{props.summary}</figcaption>
    </figure>
  );
}

interface ReadoutProps {
  text: string;
  closer: UsageChartProps['closer'];
  index: number;
}

function Readout({ text, closer, index }: ReadoutProps) {
  return (
    <div className="mg-chart-readout">
      <p className="mg-figure" aria-live="polite">
        {text}
      </p>
      {closer === undefined ? null : (
        <button type="button" className="mg-link" onClick={() => closer.open(index)}>
          {closer.word}
        </button>
      )}
    </div>
  );
}

interface ToolbarProps {
  mode: ChartMode;
  onMode: UsageChartProps['onMode'];
  bucketWord: string;
  isTable: boolean;
  onTable: (isTable: boolean) => void;
}

function Toolbar({ mode, onMode, bucketWord, isTable, onTable }: ToolbarProps) {
  return (
    <div className="mg-row">
      {onMode === undefined ? null : (
        <SegmentedControl
          size="xs"
          aria-label="How values add up"
          value={mode}
          onChange={(value) => onMode(value === 'bucket' ? 'bucket' : 'cumulative')}
          data={[
            { value: 'bucket', label: `Per ${bucketWord}` },
            { value: 'cumulative', label: 'Cumulative' },
          ]}
        />
      )}
      <button type="button" className="mg-link" aria-pressed={isTable} onClick={() => onTable(!isTable)}>
        {isTable ? 'Chart' : 'Table'}
      </button>
    </div>
  );
}

interface ReadoutWords {
  unit: string;
  mode: ChartMode;
  format: (value: number) => string;
}

function readout(row: ChartRow | undefined, { unit, mode, format }: ReadoutWords): string {
  if (row === undefined) return '';
  const parts: string[] = [];
  if (row.value !== null) {
    parts.push(mode === 'bucket' ? `${row.text} ${unit}`.trimEnd() : `${format(row.value)} ${unit} so far`);
  } else if (row.forecast !== null) parts.push(`about ${format(row.forecast)} ${unit} expected`);
  else parts.push('not yet');
  if (row.previous !== null) parts.push(`${format(row.previous)} a period earlier`);
  if (row.state === 'partial') parts.push('incomplete');
  return `${row.label}: ${parts.join(' · ')}`;
}

interface LegendProps {
  points: readonly ChartPoint[];
  rows: readonly ChartRow[];
  valueWord: string;
}

function Legend({ points, rows, valueWord }: LegendProps) {
  const hasPrevious = points.some(({ previous }) => previous !== null);
  const hasForecast = rows.some(({ forecast }) => forecast !== null);
  const hasPartial = points.some(({ state }) => state === 'partial');
  return (
    <ul className="mg-chart-legend">
      <li data-key="value">{valueWord}</li>
      {hasPartial ? <li data-key="partial">Incomplete</li> : null}
      {hasForecast ? <li data-key="forecast">Forecast, likely range</li> : null}
      {hasPrevious ? <li data-key="previous">Period before</li> : null}
    </ul>
  );
}
