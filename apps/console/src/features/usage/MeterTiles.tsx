import type { MeterSummary } from '../../app/views.ts';
import { measuredText, percentText, shareOf } from '../../components/quantity-text.ts';
import { LimitBar } from '../../ui/LimitBar.tsx';

interface MeterTilesProps {
  meters: readonly MeterSummary[];
  chosen: string;
  onChoose: (meter: string) => void;
}

/** One tile per meter; pressing it draws its chart. */
export function MeterTiles({ meters, chosen, onChoose }: MeterTilesProps) {
  return (
    <fieldset className="mg-tiles">
      <legend className="mg-sr-only">Meters</legend>
      {meters.map((meter) => {
        const share = shareOf(meter.used, meter.included);
        const course = meter.forecast === null ? null : shareOf(meter.forecast, meter.included);
        return (
          <button
            key={`${meter.family}/${meter.meter}`}
            type="button"
            className="mg-tile"
            aria-pressed={meter.meter === chosen}
            onClick={() => onChoose(meter.meter)}
          >
            <span className="mg-muted">{meter.name}</span>
            <span className="mg-row mg-row-between mg-figure">
              <span className="mg-tile-figure">{measuredText(meter.used, meter.unit)}</span>
              {share === null ? null : <span className="mg-muted">{percentText(share)}</span>}
            </span>
            <LimitBar percent={meter.notInPlan ? null : share} label={meter.name} />
            <span className="mg-muted mg-caption mg-figure">
              {includedText(meter)}
              {course === null ? '' : ` · ~${percentText(course)} at the end`}
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}

function includedText({ included, unit }: MeterSummary): string {
  if (included === null) return 'no ceiling';
  return included === '0' ? 'not in your plan' : `of ${measuredText(included, unit)}`;
}
