import type { Health } from '../app/views.ts';
import { DateTime } from './DateTime.tsx';
import { StatusBadge } from './StatusBadge.tsx';
import './health-tiles.css';

interface HealthTilesProps {
  tiles: Health['tiles'];
  /** How many checks there are in all; given where only the bad ones are shown. */
  total?: number;
}

/** Each check with its goal. Unknown is not green. */
export function HealthTiles({ tiles, total }: HealthTilesProps) {
  const fine = total === undefined ? 0 : total - tiles.length;
  return (
    <ul className="mg-health">
      {tiles.map((tile) => (
        <li key={tile.key} className="mg-health-tile" data-state={tile.state}>
          <span className="mg-row mg-row-between">
            <span className="mg-muted">{tile.name}</span>
            <StatusBadge status={tile.state} />
          </span>
          <span className="mg-health-value mg-figure">
            <TileValue value={tile.value} />
          </span>
          <span className="mg-muted mg-caption mg-figure">
            goal {tile.slo}
            {tile.detail === '' ? '' : ` · ${tile.detail}`}
          </span>
        </li>
      ))}
      {fine > 0 ? (
        <li className="mg-health-tile">
          <span className="mg-row mg-row-between">
            <span className="mg-muted">{tiles.length === 0 ? 'Everything' : 'The rest'}</span>
            <StatusBadge status="ok" />
          </span>
          <span className="mg-health-value mg-figure">{fine}</span>
          <span className="mg-muted mg-caption">checks within their goals</span>
        </li>
      ) : null}
    </ul>
  );
}

/** Some checks answer an instant: when something ran last. */
function TileValue({ value }: { value: string }) {
  return /^\d{4}-\d\d-\d\dT/.test(value) ? <DateTime at={value} as="relative" /> : value;
}
