import { rateSegment } from '../../rating/rate-segment.ts';
import { type CountedSegment, countingOf } from '../../rating/segments/counted-segment.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { formatQuantity } from '../../shared/money/format-money.ts';
import { addQuantities } from '../../shared/money/quantity.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BilledAtStripe, BillUsageDeps, BillUsageTx, UsageBillingRecord } from './bill-usage.ports.ts';

/** An ended subscription gets no more invoices at Stripe once the mirror has had a day to hear of the last one. */
const lastInvoiceMs = 86_400_000;

/**
 * Closes a period that Stripe rated: what its invoice charged becomes the first billing of the period, so that
 * whatever the meter did not get in time is an adjustment like any late usage. null while the invoice can change.
 */
export async function settleAtStripe(
  deps: Pick<BillUsageDeps, 'clock' | 'ids'>,
  tx: BillUsageTx,
  input: { organizationId: OrganizationId; record: SubscriptionRecord; segment: CountedSegment },
): Promise<UsageBillingRecord | null> {
  const { organizationId, record, segment } = input;
  const { period, month, meter, usagePrice } = segment;
  const usage = { subscriptionId: record.id, priceKey: usagePrice.key, month };
  const found = await tx.billedUsage.findBilledAtStripe(organizationId, usage);
  const billed =
    found.kind === 'billed'
      ? ownShare(segment, found)
      : nothingWithoutInvoice(found, { record, segment, now: deps.clock.now() });
  if (billed === null) return null;
  const total = addQuantities(segment.before, billed.quantity);
  const explanation = rateSegment(usagePrice.price, { ...segment, total }).lines[0]?.explanation;
  return {
    ...countingOf(segment),
    id: deps.ids.next(),
    subscriptionId: record.id,
    feature: meter.key,
    periodStart: period.start,
    periodEnd: period.end,
    sequence: 1,
    kind: 'final',
    status: 'billed',
    priceKey: usagePrice.key,
    quantity: billed.quantity,
    amountMinor: billed.amountMinor,
    currency: usagePrice.price.currency,
    description: `${meter.name}: ${formatQuantity(billed.quantity, 'en-US')}`,
    explanation: { ...explanation, price: usagePrice.price, ratedBy: 'stripe', alreadyBilledMinor: '0' },
    stripeInvoiceItemId: null,
    stripeInvoiceId: billed.stripeInvoiceId,
  };
}

interface SettledAtStripe {
  stripeInvoiceId: string | null;
  quantity: string;
  amountMinor: bigint;
}

/** Stripe has one line per price and month; when a price came back within a month its last part owns the line. */
function ownShare({ isLastOfKey }: CountedSegment, billed: SettledAtStripe): SettledAtStripe {
  return isLastOfKey ? billed : { stripeInvoiceId: null, quantity: '0', amountMinor: 0n };
}

function nothingWithoutInvoice(
  found: Exclude<BilledAtStripe, { kind: 'billed' }>,
  { record, segment, now }: { record: SubscriptionRecord; segment: CountedSegment; now: Date },
): SettledAtStripe | null {
  if (found.kind === 'draft') return null;
  const { endedAt, pausedAt } = record;
  const hasEnded = endedAt !== null && endedAt.getTime() + lastInvoiceMs <= now.getTime();
  // A month that ends during a pause is not renewed, so Stripe makes no invoice that could carry its usage.
  const endsPaused = segment.endsPaused || (pausedAt !== null && pausedAt <= segment.month.end);
  const hasNone = hasEnded || endsPaused || found.isRenewedSince;
  return hasNone ? { stripeInvoiceId: null, quantity: '0', amountMinor: 0n } : null;
}
