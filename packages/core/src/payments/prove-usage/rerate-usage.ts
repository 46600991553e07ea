import type { ProductFamily } from '../../catalog/product-family.ts';
import { rateSegment } from '../../rating/rate-segment.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { type Quantity, subtractQuantities } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillUsageTx } from '../bill-usage/bill-usage.ports.ts';
import { loadSegments } from '../bill-usage/load-segments.ts';
import type { EventTotals } from './prove-usage.ports.ts';

/** A closed part of a month as its events say it must have been billed. Texts only, so that it can be hashed. */
export interface ReratedLine {
  organizationId: string;
  subscriptionId: string;
  meter: string;
  periodStart: string;
  periodEnd: string;
  planVersion: string;
  priceKey: string;
  quantity: Quantity;
  currency: string;
  amountMinor: string;
}

export interface Rerating {
  lines: ReratedLine[];
  /** What was billed for the same part over all its billings; absent where nothing was. */
  different: (ReratedLine & { billedMinor: string })[];
}

export interface RerateDeps {
  unitOfWork: UnitOfWork<
    Pick<
      BillUsageTx,
      'subscriptions' | 'subscriptionTerms' | 'planVersions' | 'overrideHistory' | 'clients' | 'billedUsage'
    >
  >;
  eventTotals: EventTotals;
  families: readonly ProductFamily[];
  clock: Clock;
}

const everything = new Date(0);

/**
 * Works out every closed part of every month again, from single events and dated terms alone, and compares it with
 * what was billed. The same facts give the same lines in any process, zone and database. Writes nothing.
 */
export async function rerateUsage(
  deps: RerateDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<Rerating> {
  const rerating: Rerating = { lines: [], different: [] };
  const records = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.list(organizationId, { includeEnded: true }),
  );
  for (const record of records.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const request = { organizationId, record, now: deps.clock.now(), reopenedFrom: everything };
    const segments = await deps.unitOfWork.run(organizationId, (tx) =>
      loadSegments(tx, deps.families, request),
    );
    for (const segment of segments.filter(({ isClosed }) => isClosed)) {
      await rerateSegment(deps, { organizationId, record, segment }, rerating);
    }
  }
  return rerating;
}

async function rerateSegment(
  deps: RerateDeps,
  rated: { organizationId: OrganizationId; record: SubscriptionRecord; segment: UsageSegment },
  rerating: Rerating,
): Promise<void> {
  const { organizationId, record, segment } = rated;
  const { meter, period, plan, usagePrice } = segment;
  const { before, total } = await countEvents(deps, organizationId, segment);
  const { totalMinor } = rateSegment(usagePrice.price, { ...segment, before, total });
  const line: ReratedLine = {
    organizationId,
    subscriptionId: record.id,
    meter: meter.key,
    periodStart: period.start.toISOString(),
    periodEnd: period.end.toISOString(),
    planVersion: `${plan.family}/${plan.key}/${plan.version}`,
    priceKey: usagePrice.key,
    quantity: subtractQuantities(total, before),
    currency: usagePrice.price.currency,
    amountMinor: totalMinor.toString(),
  };
  rerating.lines.push(line);
  const fact = { subscriptionId: record.id, feature: meter.key, periodStart: period.start };
  const billings = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.billedUsage.list(organizationId, fact),
  );
  const billedMinor = billings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (billedMinor !== totalMinor) rerating.different.push({ ...line, billedMinor: billedMinor.toString() });
}

async function countEvents(
  { eventTotals }: RerateDeps,
  organizationId: OrganizationId,
  { meter, month, period }: UsageSegment,
): Promise<{ before: Quantity; total: Quantity }> {
  const span = { organizationId, meter: meter.key, aggregation: meter.aggregation };
  const until = (end: Date) => eventTotals.total(span, { start: month.start, end });
  const isFirst = month.start.getTime() === period.start.getTime();
  return { before: isFirst ? '0' : await until(period.start), total: await until(period.end) };
}
