import { rateSegment } from '../../rating/rate-segment.ts';
import { type CountedSegment, countingOf, countSegments } from '../../rating/segments/counted-segment.ts';
import type { UsageMonth } from '../../rating/segments/terms-months.ts';
import type { UsageSegment } from '../../rating/segments/usage-segments.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { compareQuantities, type Quantity, subtractQuantities } from '../../shared/money/quantity.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { issueStatement } from '../statements/usage-statements.ts';
import type { BillUsageDeps, BillUsageTx, UsageBillingRecord } from './bill-usage.ports.ts';
import { describeUsage } from './describe-usage.ts';
import { loadMonths } from './load-segments.ts';
import { reachOf } from './next-look.ts';
import { settleAtStripe } from './settle-at-stripe.ts';

export interface PlannedBilling {
  /** To be sent. */
  billings: UsageBillingRecord[];
  months: readonly UsageMonth[];
  /** Stripe has not made the invoice of a closed month yet. */
  isWaitingForStripe: boolean;
}

/**
 * Decides under the organization's lock what is still to bill and writes it down before anything is sent, so that two
 * runs never decide the same twice (R2: price of the period so far minus what was billed). What an earlier run
 * decided and did not finish is finished first.
 */
export async function planUsageBilling(
  deps: Pick<BillUsageDeps, 'usage' | 'clock' | 'ids' | 'families'>,
  tx: BillUsageTx,
  input: {
    organizationId: OrganizationId;
    record: SubscriptionRecord;
    isCurrentIncluded: boolean;
    lookedAt: Date | null;
  },
): Promise<PlannedBilling> {
  const { organizationId, record, isCurrentIncluded, lookedAt } = input;
  await tx.billingAccounts.lock(organizationId);
  const unfinished = await tx.billedUsage.listUnfinished(organizationId, record.id);
  const reopenedFrom = reachOf(lookedAt, await tx.usageReopenings.findOpen(organizationId));
  const request = { organizationId, record, now: deps.clock.now(), reopenedFrom };
  const found = await loadMonths(tx, deps.families, request);
  const months = found.map(({ month }) => month);
  const segments = found.flatMap((one) => one.segments);
  const due = segments.filter(
    ({ isClosed, usagePrice }) => isClosed || (isCurrentIncluded && usagePrice.billing === 'invoice_item'),
  );
  const known = await tx.billedUsage.listOfSubscription(organizationId, record.id, earliestOf(due));
  const billings: UsageBillingRecord[] = [];
  let isWaitingForStripe = false;
  for (const segment of await countSegments(deps, organizationId, due)) {
    if (unfinished.some((billing) => isAbout(billing, segment))) continue;
    const earlier = known.filter((billing) => isAbout(billing, segment));
    const billed = await billSegment(deps, tx, { organizationId, record, segment, earlier });
    if (billed.length + earlier.length === 0) isWaitingForStripe = true;
    billings.push(...billed);
  }
  await issueStatement(tx, { organizationId, record, billings, issuedAt: request.now });
  const unsent = [...unfinished, ...billings.filter(({ status }) => status !== 'billed')];
  return { billings: unsent, months, isWaitingForStripe };
}

function earliestOf(segments: readonly UsageSegment[]): Date | null {
  const starts = segments.map(({ period }) => period.start.getTime());
  return starts.length === 0 ? null : new Date(Math.min(...starts));
}

function isAbout({ feature, periodStart }: UsageBillingRecord, { meter, period }: UsageSegment): boolean {
  return feature === meter.key && periodStart.getTime() === period.start.getTime();
}

interface SegmentOfSubscription {
  organizationId: OrganizationId;
  record: SubscriptionRecord;
  segment: CountedSegment;
  /** What was billed of it before, in order. */
  earlier: readonly UsageBillingRecord[];
}

/** Writes down what is decided. What Stripe left out is known as soon as its invoice is settled, so it follows at once. */
async function billSegment(
  deps: Pick<BillUsageDeps, 'clock' | 'ids'>,
  tx: BillUsageTx,
  input: SegmentOfSubscription,
): Promise<UsageBillingRecord[]> {
  const billings: UsageBillingRecord[] = [];
  for (let step = 0; step < 2; step += 1) {
    const billing = await nextBilling(deps, tx, { ...input, earlier: [...input.earlier, ...billings] });
    if (billing === null) break;
    await tx.billedUsage.save(input.organizationId, billing);
    billings.push(billing);
    if (input.segment.usagePrice.billing !== 'stripe_meter' || billing.kind !== 'final') break;
  }
  return billings;
}

async function nextBilling(
  deps: Pick<BillUsageDeps, 'clock' | 'ids'>,
  tx: BillUsageTx,
  input: SegmentOfSubscription,
): Promise<UsageBillingRecord | null> {
  const { record, segment, earlier } = input;
  const { usagePrice, meter, period, isClosed } = segment;
  const fact = { subscriptionId: record.id, feature: meter.key, periodStart: period.start };
  if (usagePrice.billing === 'stripe_meter' && earlier.length === 0) return settleAtStripe(deps, tx, input);
  const rated = rateSegment(usagePrice.price, segment);
  const quantity = subtractQuantities(segment.total, segment.before);
  const billedMinor = earlier.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const amountMinor = rated.totalMinor - billedMinor;
  const isFinalDone = earlier.some(({ kind }) => kind === 'final');
  if (isFinalDone && isUnmoved(earlier.at(-1), segment, quantity)) return null;
  // A closed period gets its final row even over nothing: from then on everything is an adjustment.
  if (amountMinor === 0n && (!isClosed || isFinalDone)) return null;
  const kind = isClosed ? (isFinalDone ? 'adjustment' : 'final') : 'on_demand';
  return {
    ...fact,
    ...countingOf(segment),
    id: deps.ids.next(),
    periodEnd: period.end,
    sequence: earlier.length + 1,
    kind,
    status: amountMinor === 0n ? 'billed' : 'planned',
    priceKey: usagePrice.key,
    quantity,
    amountMinor,
    currency: usagePrice.price.currency,
    description: describeUsage({ meter, period, quantity, kind }),
    explanation: {
      ...rated.lines[0]?.explanation,
      price: usagePrice.price,
      alreadyBilledMinor: billedMinor.toString(),
    },
    stripeInvoiceItemId: null,
    stripeInvoiceId: null,
  };
}

/** Only usage reopens a closed period: what was billed before terms were kept must not be repriced by those of today. */
function isUnmoved(
  last: UsageBillingRecord | undefined,
  { before }: CountedSegment,
  quantity: Quantity,
): boolean {
  if (last === undefined) return false;
  return (
    compareQuantities(last.quantity, quantity) === 0 && compareQuantities(last.quantityBefore, before) === 0
  );
}
