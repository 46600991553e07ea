import { formatScaled } from '../../shared/money/decimal.ts';
import { type Quantity, quantityToScaled } from '../../shared/money/quantity.ts';
import { contains, type Period } from '../../shared/time/period.ts';

export interface Forecast {
  total: Quantity;
  low: Quantity;
  high: Quantity;
  limitReachedAt: Date | null;
}

export interface ForecastInput {
  period: Period;
  now: Date;
  /** Total of the period so far. */
  used: Quantity;
  /** null = unlimited. */
  limit: Quantity | null;
}

/** The band around the rest of the period: the rate may turn out a fifth lower or higher. */
const bandPercent = 20n;
/** With less of the period behind us a rate says nothing. */
const elapsedMinMs = 3_600_000;

/**
 * Run rate: the rest of the period goes on as its beginning. `low` and `high` move the rest, not what is already
 * counted, by 20 %. `null` for a period that does not run now or has just begun.
 */
export function forecastUsage({ period, now, used, limit }: ForecastInput): Forecast | null {
  const elapsedMs = now.getTime() - period.start.getTime();
  if (!contains(period, now) || elapsedMs < elapsedMinMs) return null;
  const scaled = quantityToScaled(used);
  const rest = (scaled * BigInt(period.end.getTime() - now.getTime())) / BigInt(elapsedMs);
  const band = (rest * bandPercent) / 100n;
  return {
    total: wholeThousandths(scaled + rest),
    low: wholeThousandths(scaled + rest - band),
    high: wholeThousandths(scaled + rest + band),
    limitReachedAt: limitReachedAt({ period, now, used, limit }, elapsedMs),
  };
}

function limitReachedAt({ period, now, used, limit }: ForecastInput, elapsedMs: number): Date | null {
  if (limit === null || limit === '0') return null;
  const [ceiling, scaled] = [quantityToScaled(limit), quantityToScaled(used)];
  if (scaled >= ceiling) return now;
  if (scaled === 0n) return null;
  const at = new Date(now.getTime() + Number(((ceiling - scaled) * BigInt(elapsedMs)) / scaled));
  return at < period.end ? at : null;
}

/** An estimate with twelve decimals would pretend to know something. */
function wholeThousandths(scaled: bigint): Quantity {
  const unit = 1_000_000_000n;
  return formatScaled((scaled / unit) * unit);
}
