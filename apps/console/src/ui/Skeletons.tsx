export type SkeletonShape = 'figure' | 'lines' | 'table' | 'chart' | 'cards' | 'bars';

const counts: Readonly<Record<SkeletonShape, number>> = {
  figure: 3,
  lines: 4,
  table: 6,
  chart: 1,
  cards: 3,
  bars: 5,
};

/** Grey shapes with the geometry of what will stand here. */
export function Skeletons({ shape }: { shape: SkeletonShape }) {
  const rows = Array.from({ length: counts[shape] }, (_, row) => `${shape}-${row}`);
  return (
    <div className="mg-skeletons" data-shape={shape} aria-hidden="true">
      {rows.map((row) => (
        <span key={row} className="mg-skeleton" />
      ))}
    </div>
  );
}
