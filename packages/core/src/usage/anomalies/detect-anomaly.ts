import { formatScaled } from '../../shared/money/decimal.ts';
import { type Quantity, quantityToScaled } from '../../shared/money/quantity.ts';

/** Usage of one hour: the meter's total, and how many events it came from. */
export interface UsageHour {
  quantity: Quantity;
  events: number;
}

export interface Anomaly {
  kind: 'spike' | 'silence';
  /** How many of the last hours it is about. */
  hours: number;
  /** Median of the same hours of the week in the weeks before. */
  expected: Quantity;
  actual: Quantity;
}

const hoursOfWeek = 168;
const weeksMin = 4;
const weeksMax = 8;
/** A burst shows in hours; what is used a few times an hour shows in a day. */
const spans = [3, 24] as const;
/** Fewer events vary by chance more than anything that is worth a mail. */
const eventsMin = 30;
/** Distance from the habit, in the spread of the habit, from which a burst is unusual. */
const spreads = 6n;

/**
 * The same hour is another one of UTC where clocks were changed since, and a nightly run is moved by an hour now and
 * then: unusual is only what is unusual beside the neighbouring hours too.
 */
const shifts = [0, 1, -1] as const;

/** Hours that have to be known: the longest span now, and the same a number of weeks ago with its neighbours. */
export const hoursKnownMax = weeksMax * hoursOfWeek + Math.max(...spans) + 1;
/** Of each week back from the last hour only these are compared, beginning `ahead` hours later than the week before. */
export const comparedPerWeek = { hours: Math.max(...spans) + 2, of: hoursOfWeek, ahead: 1 };
/** With fewer there is no habit to compare with. */
export const hoursKnownMin = weeksMin * hoursOfWeek;

/**
 * Compares the latest hours with the organization's own habit: the same hours of the week in the four to eight weeks
 * before, by median and median deviation, which one odd week does not move. `hours` is oldest first and ends with
 * the last whole hour; what lies before the first use must be cut off by the caller.
 */
export function detectAnomaly(hours: readonly UsageHour[]): Anomaly | null {
  for (const span of spans) {
    const found = detectIn(hours, span);
    if (found !== null) return found;
  }
  return null;
}

interface Sample {
  quantity: bigint;
  events: number;
}

function detectIn(hours: readonly UsageHour[], span: number): Anomaly | null {
  if (hours.length < span) return null;
  const now = sumOf(hours.slice(hours.length - span));
  const before = samplesBefore(hours, { span, shift: 0 });
  if (before.length < weeksMin) return null;
  const [kind, ...others] = shifts.map((shift) => kindOf(now, samplesBefore(hours, { span, shift })));
  if (kind == null || others.some((other) => other !== kind)) return null;
  const expected = formatScaled(median(before.map(({ quantity }) => quantity)));
  return { kind, hours: span, expected, actual: formatScaled(now.quantity) };
}

/** The same hours of the weeks before, the last week first. */
function samplesBefore(
  hours: readonly UsageHour[],
  { span, shift }: { span: number; shift: number },
): Sample[] {
  const samples: Sample[] = [];
  for (let week = 1; week <= weeksMax; week += 1) {
    const end = hours.length - week * hoursOfWeek + shift;
    if (end - span < 0) break;
    samples.push(sumOf(hours.slice(end - span, end)));
  }
  return samples;
}

function kindOf(now: Sample, before: readonly Sample[]): Anomaly['kind'] | null {
  const quantities = before.map(({ quantity }) => quantity);
  const usual = median(quantities);
  const usualEvents = Number(median(before.map(({ events }) => BigInt(events))));
  if (usualEvents >= eventsMin && now.quantity * 10n <= usual && now.quantity * 2n < lowest(quantities)) {
    return 'silence';
  }
  const spread = spreadOf(quantities, { usual, usualEvents });
  const isBurst =
    now.events >= eventsMin &&
    now.quantity > usual + spreads * spread &&
    now.quantity > usual * 2n &&
    now.quantity * 2n > highest(quantities) * 3n;
  return isBurst ? 'spike' : null;
}

/** Median deviation scaled to a standard deviation, but never below what chance alone makes of so few events. */
function spreadOf(
  quantities: readonly bigint[],
  { usual, usualEvents }: { usual: bigint; usualEvents: number },
): bigint {
  const deviation = median(quantities.map((quantity) => absolute(quantity - usual)));
  const chancePercent = BigInt(Math.max(15, Math.ceil(150 / Math.sqrt(Math.max(usualEvents, 1)))));
  const measured = (deviation * 14_826n) / 10_000n;
  const byChance = (usual * chancePercent) / 100n;
  return measured > byChance ? measured : byChance;
}

function sumOf(hours: readonly UsageHour[]): Sample {
  return hours.reduce<Sample>(
    (sum, { quantity, events }) => ({
      quantity: sum.quantity + quantityToScaled(quantity),
      events: sum.events + events,
    }),
    { quantity: 0n, events: 0 },
  );
}

function median(values: readonly bigint[]): bigint {
  const sorted = ascending(values);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0n) + upper) / 2n;
}

function lowest(values: readonly bigint[]): bigint {
  return ascending(values)[0] ?? 0n;
}

function highest(values: readonly bigint[]): bigint {
  return ascending(values).at(-1) ?? 0n;
}

function ascending(values: readonly bigint[]): bigint[] {
  return values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
