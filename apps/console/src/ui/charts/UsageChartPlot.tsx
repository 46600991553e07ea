import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from 'recharts';
import { type ChartRow, niceTicks } from './chart-data.ts';

interface UsageChartPlotProps {
  rows: readonly ChartRow[];
  limit: { value: number; label: string } | null;
  activeIndex: number;
  onActive: (index: number) => void;
  axisText: (value: number) => string;
  hatchId: string;
}

interface BarShape {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  index?: number;
}

const plainLine = { dot: false, isAnimationActive: false, type: 'linear' } as const;
const limitLabel = {
  position: 'insideTopLeft',
  fill: 'var(--mg-danger)',
  fontSize: 12,
  dy: -20,
  dx: -4,
} as const;
const margin = { top: 24, right: 8, bottom: 0, left: 0 };
const axis = { fill: 'var(--mg-muted)', fontSize: 12 };
const xAxis = {
  dataKey: 'label',
  tick: axis,
  tickLine: false,
  axisLine: { stroke: 'var(--mg-control)' },
  minTickGap: 28,
  dy: 4,
};
const yAxis = { tick: axis, tickLine: false, axisLine: false, width: 48 };

/** The drawing alone; loaded after the first paint because the chart library is large. */
export function UsageChartPlot({
  rows,
  limit,
  activeIndex,
  onActive,
  axisText,
  hatchId,
}: UsageChartPlotProps) {
  const highest = highestOf(rows);
  const showsLimit = limit !== null && limit.value <= highest * 2.5;
  const ticks = niceTicks(showsLimit ? Math.max(highest, limit.value) : highest);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={[...rows]}
        margin={margin}
        barCategoryGap="22%"
        accessibilityLayer={false}
        onMouseMove={(state) => {
          const index = Number(state.activeTooltipIndex);
          if (Number.isInteger(index) && index >= 0) onActive(index);
        }}
      >
        <Hatch id={hatchId} />
        <CartesianGrid vertical={false} stroke="var(--mg-line)" />
        <XAxis {...xAxis} />
        <YAxis {...yAxis} tickFormatter={axisText} domain={[0, ticks.at(-1) ?? 1]} ticks={ticks} />
        <Area
          dataKey="band"
          fill="var(--mg-series-1)"
          fillOpacity={0.14}
          stroke="none"
          isAnimationActive={false}
          connectNulls={false}
        />
        <Bar
          dataKey="value"
          isAnimationActive={false}
          shape={(props: BarShape) => (
            <UsageBar
              {...props}
              row={rows[props.index ?? 0]}
              isActive={props.index === activeIndex}
              hatchId={hatchId}
            />
          )}
        />
        <Line dataKey="previous" stroke="var(--mg-control)" strokeWidth={1.5} {...plainLine} />
        <Line
          dataKey="forecast"
          stroke="var(--mg-series-1)"
          strokeWidth={2}
          strokeDasharray="5 4"
          {...plainLine}
        />
        {showsLimit ? (
          <ReferenceLine
            y={limit.value}
            stroke="var(--mg-danger)"
            strokeWidth={1.5}
            label={{ ...limitLabel, value: limit.label }}
          />
        ) : null}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function highestOf(rows: readonly ChartRow[]): number {
  return Math.max(...rows.map((row) => Math.max(row.value ?? 0, row.previous ?? 0, row.band?.[1] ?? 0)), 1);
}

/** Marks what is not complete yet; a pattern, because color alone says nothing to some readers. */
function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--mg-accent-tint)" />
        <rect width="3" height="6" fill="var(--mg-series-1)" />
      </pattern>
    </defs>
  );
}

interface UsageBarProps extends BarShape {
  row: ChartRow | undefined;
  isActive: boolean;
  hatchId: string;
}

/** A bucket that still runs is hatched; the chosen one has an outline. */
function UsageBar({ x = 0, y = 0, width = 0, height = 0, row, isActive, hatchId }: UsageBarProps) {
  if (height <= 0) return <g />;
  const radius = Math.min(2, width / 2, height);
  const path = `M${x},${y + height}V${y + radius}Q${x},${y} ${x + radius},${y}H${x + width - radius}Q${x + width},${y} ${x + width},${y + radius}V${y + height}Z`;
  return (
    <path
      d={path}
      fill={row?.state === 'partial' ? `url(#${hatchId})` : 'var(--mg-series-1)'}
      stroke={isActive ? 'var(--mg-text)' : 'none'}
      strokeWidth={isActive ? 1.5 : 0}
    />
  );
}
