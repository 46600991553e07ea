import { rateUsage } from '../../rating/rate-usage.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { formatQuantity } from '../../shared/money/format-money.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillUsageDeps, BillUsageTx, UsageBillingRecord } from './bill-usage.ports.ts';
import type { UsageSpan } from './plan-usage-billing.ts';

/** An ended subscription gets no more invoices at Stripe once the mirror has had a day to hear of the last one. */
const lastInvoiceMs = 86_400_000;

/**
 * Closes a period that Stripe rated: what its invoice charged becomes the first billing of the period, so that
 * whatever the meter did not get in time is an adjustment like any late usage. null while the invoice can change.
 */
export async function settleAtStripe(
  deps: BillUsageDeps,
  tx: BillUsageTx,
  input: { organizationId: OrganizationId; record: SubscriptionRecord; span: UsageSpan },
): Promise<UsageBillingRecord | null> {
  const { organizationId, record, span } = input;
  const { period, meter, usagePrice } = span;
  const usage = { subscriptionId: record.id, priceKey: usagePrice.key, period };
  const found = await tx.billedUsage.findBilledAtStripe(organizationId, usage);
  const billed = found.kind === 'billed' ? found : nothingAfterTheEnd(record, deps.clock.now());
  if (billed === null) return null;
  return {
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
    currency: record.currency,
    description: `${meter.name}: ${formatQuantity(billed.quantity, 'en-US')}`,
    explanation: {
      ...rateUsage(usagePrice.price, billed.quantity).lines[0]?.explanation,
      ratedBy: 'stripe',
      alreadyBilledMinor: '0',
    },
    stripeInvoiceItemId: null,
    stripeInvoiceId: billed.stripeInvoiceId,
  };
}

function nothingAfterTheEnd({ endedAt }: SubscriptionRecord, now: Date) {
  if (endedAt === null || endedAt.getTime() + lastInvoiceMs > now.getTime()) return null;
  return { stripeInvoiceId: null, quantity: '0', amountMinor: 0n };
}
