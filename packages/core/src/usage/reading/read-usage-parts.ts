import type { OrganizationId } from '../../shared/ids.ts';
import { type Quantity, subtractQuantities } from '../../shared/money/quantity.ts';
import { usageRejected } from '../usage.errors.ts';
import type { MeterAggregation } from '../usage-event.ts';
import type { UsagePartsQuery, UsagePartsView } from '../usage-parts.schemas.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';
import { spanOf } from './reading-span.ts';
import type { StoredUsagePart } from './usage-reading.ports.ts';

const hourMs = 3_600_000;

/** What is recorded later than an hour after a span ended came late for it, as for an invoice (R5). */
export function lateFromOf(end: Date): Date {
  return new Date(end.getTime() + hourMs);
}

/**
 * What a total is made of: what was reported in time and late, what corrections changed, and what is no longer kept as
 * single events. Of sums and counts the parts add up to the total. @throws METER_UNKNOWN, SPAN_INVALID
 */
export async function readUsageParts(
  deps: UsageReadingDeps,
  request: { organizationId: OrganizationId; input: UsagePartsQuery },
): Promise<UsagePartsView> {
  const { organizationId, input } = request;
  const { meters } = await deps.terms.termsOf(organizationId, deps.clock.now());
  const terms = meters.find(({ meter }) => meter.key === input.meter);
  if (terms === undefined) throw usageRejected('METER_UNKNOWN');
  const period = spanOf(input, terms.period);
  const lateFrom = lateFromOf(period.end);
  const { aggregation, name, unit } = terms.meter;
  const span = { organizationId, meter: input.meter, aggregation };
  const { total, parts } = await deps.reader.parts(span, { period, lateFrom });
  return {
    meter: input.meter,
    name,
    unit,
    from: period.start.toISOString(),
    to: period.end.toISOString(),
    lateFrom: lateFrom.toISOString(),
    total,
    parts: parts.map((part) => ({
      part: part.part,
      count: part.count,
      adds: addsOf(part, aggregation),
    })),
  };
}

/** null = parts of such a total do not add up: it is one reading, or a number of different values. */
function addsOf({ part, count, quantity }: StoredUsagePart, aggregation: MeterAggregation): Quantity | null {
  if (aggregation === 'sum') return quantity;
  if (aggregation !== 'count') return null;
  if (part === 'amended') return '0';
  return part === 'voided' ? subtractQuantities('0', String(count)) : String(count);
}
