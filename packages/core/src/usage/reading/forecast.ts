import { formatScaled } from '../../shared/money/decimal.ts';
import { type Quantity, quantityToScaled } from '../../shared/money/quantity.ts';
import { contains, type Period } from '../../shared/time/period.ts';
import type { MeterAggregation } from '../usage-event.ts';
import type { MeterTerms } from './usage-terms.ts';

export interface Forecast {
  total: Quantity;
  low: Quantity;
  high: Quantity;
  limitReachedAt: Date | null;
}

export interface ForecastInput {
  aggregation: MeterAggregation;
  period: Period;
  now: Date;
  /** Total of the period so far. */
  used: Quantity;
  /** null = unlimited. */
  limit: Quantity | null;
}

/** The band around the rest of the period: the rate may turn out a fifth lower or higher. */
const bandPercent = 20n;
const hourMs = 3_600_000;
/**
 * One hour would be told 720 times in a month. A forecast sees at most 24 times what it has seen, and a whole day is
 * enough, because most use goes by the day.
 */
const aheadMax = 24;
const elapsedEnoughMs = 24 * hourMs;

/**
 * Run rate: the rest of the period goes on as its beginning. `low` and `high` move the rest, not what is already
 * counted, by 20 %. `null` for a period that does not run now or has just begun, and for what does not grow with time:
 * a largest or latest value, and different values, of which ever fewer are new.
 */
export function forecastUsage(input: ForecastInput): Forecast | null {
  const { aggregation, period, now, used } = input;
  const elapsedMs = now.getTime() - period.start.getTime();
  if (!isForecastable({ aggregation, period, now }) || now < beginOf(period)) return null;
  const scaled = quantityToScaled(used);
  // Corrections alone say nothing about what is to come.
  if (scaled < 0n) return null;
  const rest = (scaled * BigInt(period.end.getTime() - now.getTime())) / BigInt(elapsedMs);
  const band = (rest * bandPercent) / 100n;
  const estimate = (value: bigint) => formatScaled(largest(rounded(value), scaled));
  return {
    total: estimate(scaled + rest),
    low: estimate(scaled + rest - band),
    high: estimate(scaled + rest + band),
    limitReachedAt: limitReachedAt(input, elapsedMs),
  };
}

/** When a forecast will be given that cannot be given yet; null = it is, or never will be in this period. */
export function forecastBegins(
  { meter, isServed }: Pick<MeterTerms, 'meter' | 'isServed'>,
  state: Pick<ForecastInput, 'period' | 'now'>,
): Date | null {
  const { period, now } = state;
  const begin = beginOf(period);
  if (!isServed || !isForecastable({ ...state, aggregation: meter.aggregation })) return null;
  return now < begin && begin < period.end ? begin : null;
}

function isForecastable({ aggregation, period, now }: Pick<ForecastInput, 'aggregation' | 'period' | 'now'>) {
  return contains(period, now) && (aggregation === 'sum' || aggregation === 'count');
}

/** The forecast of a meter on its terms; none while the organization cannot use anything, as in a pause. */
export function forecastMeter(
  { meter, isServed, included }: Pick<MeterTerms, 'meter' | 'isServed' | 'included'>,
  state: Pick<ForecastInput, 'period' | 'now' | 'used'>,
): Forecast | null {
  if (!isServed) return null;
  return forecastUsage({ ...state, aggregation: meter.aggregation, limit: included });
}

/** From here on enough of the period has been seen. */
function beginOf({ start, end }: Period): Date {
  const share = (end.getTime() - start.getTime()) / aheadMax;
  return new Date(start.getTime() + Math.max(hourMs, Math.min(share, elapsedEnoughMs)));
}

function limitReachedAt({ period, now, used, limit }: ForecastInput, elapsedMs: number): Date | null {
  if (limit === null || limit === '0') return null;
  const [ceiling, scaled] = [quantityToScaled(limit), quantityToScaled(used)];
  if (scaled >= ceiling) return now;
  if (scaled <= 0n) return null;
  const at = new Date(now.getTime() + Number(((ceiling - scaled) * BigInt(elapsedMs)) / scaled));
  return at < period.end ? at : null;
}

/**
 * An estimate with twelve decimals would pretend to know something: thousandths, of less than ten at least four digits
 * that say something.
 */
function rounded(scaled: bigint): bigint {
  const digits = BigInt(Math.max(0, scaled.toString().length - 4));
  const unit = smallest(1_000_000_000n, 10n ** digits);
  return (scaled / unit) * unit;
}

function largest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function smallest(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
