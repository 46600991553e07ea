import type { MeterEventRow } from '../../store/session-rows.ts';
import type { World } from '../../world.ts';
import { add, type Fraction, fraction, parseDecimal, ZERO } from '../amounts/fraction.ts';
import type { Span } from './lines.ts';

/** A customer's aggregated usage of a meter in `[start, end)`, by the meter's formula. */
export function usageOf(world: World, of: { customer: string; meter: string }, period: Span): Fraction {
  const formula = world.store.get('billing.meter', of.meter)?.default_aggregation.formula ?? 'sum';
  const events = eventsOf(world, of, period);
  if (formula === 'count') return fraction(events.length);
  if (formula === 'sum') return events.reduce((total, event) => add(total, parseDecimal(event.value)), ZERO);
  const last = events.reduce<MeterEventRow | undefined>(
    (latest, event) => (!latest || event.timestamp >= latest.timestamp ? event : latest),
    undefined,
  );
  return last ? parseDecimal(last.value) : ZERO;
}

function eventsOf(
  world: World,
  of: { customer: string; meter: string },
  { start, end }: Span,
): MeterEventRow[] {
  return world.store
    .ownedBy('meter_event', of.customer)
    .filter((event) => event.meter === of.meter && !event.isCanceled)
    .filter(({ timestamp }) => timestamp >= start && timestamp < end);
}
