import type { OrganizationId } from '../../shared/ids.ts';
import { parseQuantity, type Quantity } from '../../shared/money/quantity.ts';
import { usageRejected } from '../usage.errors.ts';
import type { UsageReadingDeps } from './read-usage-series.ts';
import { spanOf } from './reading-span.ts';

export interface UsageCheckInput {
  meter: string;
  from: string;
  to: string;
  count: number;
  total: unknown;
}

/** Compares the sender's own books with ours for a span of `occurredAt`. */
export async function checkAgainstSender(
  deps: UsageReadingDeps,
  request: { organizationId: OrganizationId; input: UsageCheckInput },
): Promise<{ equal: boolean; ours: { count: number; total: Quantity } }> {
  const { organizationId, input } = request;
  const total = parseQuantity(input.total, { sign: 'any' });
  const { meters } = await deps.terms.termsOf(organizationId, deps.clock.now());
  const terms = meters.find(({ meter }) => meter.key === input.meter);
  if (terms === undefined) throw usageRejected('METER_UNKNOWN');
  const period = spanOf({ from: input.from, to: input.to }, terms.period);
  const source = { organizationId, meter: input.meter, aggregation: terms.meter.aggregation };
  const ours = await deps.reader.count(source, period);
  return { equal: ours.count === input.count && ours.total === total, ours };
}
