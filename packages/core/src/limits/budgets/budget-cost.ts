import type { Price } from '../../catalog/price.ts';
import { rateSegment } from '../../rating/rate-segment.ts';
import type { RatedUsage } from '../../rating/rate-usage.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import { addQuantities, type Quantity } from '../../shared/money/quantity.ts';
import { intersection, type Period } from '../../shared/time/period.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { CounterKey, ReadLevels } from '../limits.ports.ts';
import { pricedSegments } from '../priced-segments.ts';
import { type Budget, budgetWindow } from './budget.ts';

/** A part of a month at its own terms, until an instant; what lies before the budget's window is taken away again. */
export interface CostPart {
  until: CounterKey;
  /** What the month had counted when the part began; null = it begins with the month. */
  before: CounterKey | null;
  price: Price;
  isOpening: boolean;
  sign: 1n | -1n;
}

/**
 * Which totals make up the cost of a budget's window at this instant: the parts of months that the bill has too, each
 * at the terms in force then. Free units and tiers belong to a month, so a window that cuts a part costs what the
 * part has cost at the window's end less what it had cost at its begin. A client's usage is valued without the free
 * units and minimums, which belong to the organization as a whole: so no client's cost depends on what others use.
 * A subscription that has ended costs what it had cost by then.
 */
export function costPartsOf(snapshot: EntitlementSnapshot, budget: Budget, at: Date): CostPart[] {
  const window = budgetWindow(snapshot, budget, at);
  return [...snapshot.standings, ...snapshot.formerStandings].flatMap((standing) =>
    pricedSegments(snapshot, standing, { since: window.start, at }).flatMap((segment) => {
      const price = priceFor(budget, segment);
      if (price === undefined || price.currency !== snapshot.facts.currency) return [];
      return cutBy(window, segment).map(({ end, sign }) => ({
        ...totalsOf(snapshot, budget, { segment, end }),
        price,
        isOpening: segment.isOpening,
        sign,
      }));
    }),
  );
}

/** Every total the parts are rated by. */
export function countersOf(parts: readonly CostPart[]): CounterKey[] {
  return parts.flatMap(({ until, before }) => (before === null ? [until] : [until, before]));
}

/** In minor units: the same arithmetic as the invoice, with what is held counted like what is used. */
export function costOf(parts: readonly CostPart[], read: ReadLevels): bigint {
  return parts.reduce((sum, part) => sum + part.sign * rated(part, read).totalMinor, 0n);
}

/** Whether anything costs more before rounding: many requests of less than a minor unit cost something together. */
export function costsMore(parts: readonly CostPart[], read: ReadLevels, readAfter: ReadLevels): boolean {
  return parts.some((part) => exactCost(rated(part, read)) !== exactCost(rated(part, readAfter)));
}

function rated({ until, before, price, isOpening }: CostPart, read: ReadLevels): RatedUsage {
  const countedBefore = before === null ? '0' : counted(read, before);
  return rateSegment(price, { before: countedBefore, total: counted(read, until), isOpening });
}

function counted(read: ReadLevels, key: CounterKey): Quantity {
  const { used, reserved } = read(key);
  return addQuantities(used, reserved);
}

function exactCost({ lines }: RatedUsage): string | undefined {
  return lines[0]?.explanation.exactAmount;
}

function priceFor({ clientId }: Budget, { usagePrice: { price } }: UsageSegment): Price | undefined {
  if (clientId === null) return price;
  if (price.model === 'flat') return undefined;
  const { included: _free, minimum: _least, ...units } = price;
  return units;
}

/** How far the part lies within the window, and how far of that before it. */
function cutBy(window: Period, { period }: UsageSegment): { end: Date; sign: 1n | -1n }[] {
  const inside = intersection(period, window);
  if (inside === undefined) return [];
  const whole = { end: inside.end, sign: 1n } as const;
  return period.start < window.start ? [whole, { end: window.start, sign: -1n }] : [whole];
}

function totalsOf(
  { facts: { organizationId } }: EntitlementSnapshot,
  { clientId }: Budget,
  { segment: { meter, month, period }, end }: { segment: UsageSegment; end: Date },
): Pick<CostPart, 'until' | 'before'> {
  const key = {
    organizationId,
    feature: meter.key,
    aggregation: meter.aggregation,
    ...(clientId === null ? {} : { clientId }),
  };
  const isFirst = period.start.getTime() === month.start.getTime();
  return {
    until: { ...key, window: { start: month.start, end } },
    before: isFirst ? null : { ...key, window: { start: month.start, end: period.start } },
  };
}
