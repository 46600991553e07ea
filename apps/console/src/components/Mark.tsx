/** The product's mark: four meters. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" className="mg-mark-field" />
      <path
        d="M8 22V14M13.3 22V10M18.7 22V16M24 22V8"
        className="mg-mark-bars"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
