const width = 100;

/** How full a limit is. Beyond 100 % the bar shows where the limit was passed. */
export function LimitBar({ percent, label }: { percent: string | null; label: string }) {
  if (percent === null)
    return <span className="mg-limitbar" data-tone="none" role="img" aria-label={`${label}: no limit`} />;
  const value = Number(percent);
  const tone = value >= 100 ? 'danger' : value >= 80 ? 'warn' : 'ok';
  const filled = Math.min(100, value > 100 ? (width * width) / value : value);
  const text = `${label}: ${Math.floor(value)} percent used`;
  return (
    <svg
      className="mg-limitbar"
      data-tone={tone}
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      <rect className="mg-limitbar-track" width="100" height="8" />
      {value > 100 ? <rect className="mg-limitbar-over" width="100" height="8" /> : null}
      <rect className="mg-limitbar-fill" width={filled} height="8" />
      {value > 100 ? <rect className="mg-limitbar-mark" x={filled - 0.6} width="1.2" height="8" /> : null}
    </svg>
  );
}
