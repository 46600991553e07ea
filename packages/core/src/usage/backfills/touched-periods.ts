import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { addQuantities, compareQuantities, type Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UsageTermsReader } from '../reading/usage-terms.ts';
import { counterDelta, type MeterAggregation } from '../usage-event.ts';
import type { BackfilledPeriod } from './backfills.schemas.ts';

/** What one event says. */
export interface Contribution {
  meter: string;
  quantity: Quantity;
  occurredAt: Date;
}

/** A billing period of a meter that some events fall into. */
export interface TouchedPeriod {
  meter: string;
  aggregation: MeterAggregation;
  period: Period;
  /** Together; null when the total is no plain sum. */
  sum: Quantity | null;
  largest: Quantity;
}

/** Events of meters that are no longer sold touch nothing that could be shown. */
export async function touchedPeriods(
  terms: UsageTermsReader,
  organizationId: OrganizationId,
  contributions: readonly Contribution[],
): Promise<TouchedPeriod[]> {
  const touched = new Map<string, TouchedPeriod>();
  for (const { meter, quantity, occurredAt } of contributions) {
    const { meters } = await terms.termsOf(organizationId, occurredAt);
    const found = meters.find((one) => one.meter.key === meter);
    if (found === undefined) continue;
    const { period } = found;
    const { aggregation } = found.meter;
    const key = `${meter} ${period.start.toISOString()}`;
    const known = touched.get(key);
    const delta = counterDelta(aggregation, quantity);
    touched.set(key, {
      ...{ meter, aggregation, period },
      sum: delta === null ? null : addQuantities(known?.sum ?? '0', delta),
      largest: largerOf(known?.largest ?? '0', quantity),
    });
  }
  return [...touched.values()];
}

/** null = unknown: what is different and what came last cannot be told before it is stored. */
export function totalAfter(
  { aggregation, sum, largest }: Pick<TouchedPeriod, 'aggregation' | 'sum' | 'largest'>,
  before: Quantity,
): Quantity | null {
  if (aggregation === 'max') return largerOf(before, largest);
  return sum === null ? null : addQuantities(before, sum);
}

function largerOf(one: Quantity, other: Quantity): Quantity {
  return compareQuantities(one, other) >= 0 ? one : other;
}

export function toBackfilledPeriod(
  clock: Clock,
  { meter, period }: TouchedPeriod,
  totals: { before: Quantity; after: Quantity | null },
): BackfilledPeriod {
  const isClosed = period.end <= clock.now();
  return { meter, start: period.start.toISOString(), end: period.end.toISOString(), isClosed, ...totals };
}
