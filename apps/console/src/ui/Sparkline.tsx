const barWidth = 8;
const gap = 2;
const height = 32;

interface Bar {
  key: string;
  value: number;
}

/** Small zero-based bars for a row of counts; the text beside it says what they are. */
export function Sparkline({ bars }: { bars: readonly Bar[] }) {
  const top = Math.max(...bars.map(({ value }) => value), 1);
  return (
    <svg
      className="mg-sparkline"
      viewBox={`0 0 ${bars.length * (barWidth + gap)} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={bars.map(({ value }) => value).join(', ')}
    >
      {bars.map(({ key, value }, index) => {
        const drawn = Math.max((value / top) * height, 1);
        return (
          <rect key={key} x={index * (barWidth + gap)} width={barWidth} y={height - drawn} height={drawn} />
        );
      })}
    </svg>
  );
}
