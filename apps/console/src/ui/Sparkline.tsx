const barWidth = 8;
const gap = 2;
const height = 32;

/** Small zero-based bars for a row of counts; the text beside it says what they are. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const top = Math.max(...values, 1);
  return (
    <svg
      className="mg-sparkline"
      viewBox={`0 0 ${values.length * (barWidth + gap)} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={values.join(', ')}
    >
      {values.map((value, index) => {
        const drawn = Math.max((value / top) * height, 1);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no other identity than their place
            key={index}
            x={index * (barWidth + gap)}
            width={barWidth}
            y={height - drawn}
            height={drawn}
          />
        );
      })}
    </svg>
  );
}
