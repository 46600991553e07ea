/** The shape of a series beside its figure; the figure carries the meaning. */
export function Sparkline({
  values,
  tone = 'accent',
}: {
  values: readonly number[];
  tone?: 'accent' | 'muted';
}) {
  const top = Math.max(...values, 1);
  const width = values.length === 0 ? 1 : values.length;
  return (
    <svg
      className="mg-sparkline"
      data-tone={tone}
      viewBox={`0 0 ${width * 4} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.map((value, index) => {
        const height = Math.max(1, (value * 24) / top);
        return <rect key={`${index}-${value}`} x={index * 4} y={24 - height} width="3" height={height} />;
      })}
    </svg>
  );
}
