import type { z } from 'zod';
import type { ProductFamily } from '../../catalog/product-family.ts';
import type { upcomingInvoiceViewSchema } from '../../invoices/invoices.schemas.ts';
import { rateSegment } from '../../rating/rate-segment.ts';
import { countSegments } from '../../rating/segments/counted-segment.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { subtractQuantities } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillUsageTx } from '../bill-usage/bill-usage.ports.ts';
import { loadSegments } from '../bill-usage/load-segments.ts';
import type { PaymentGateway } from '../payment-gateway.ports.ts';
import { quantityText } from './notice-text.ts';
import { readBillingFacts } from './read-billing-facts.ts';
import type { SummaryDeps, SummaryTx } from './summary.ports.ts';

export type UpcomingInvoiceView = z.infer<typeof upcomingInvoiceViewSchema>;

export interface UpcomingDeps extends SummaryDeps {
  unitOfWork: UnitOfWork<
    SummaryTx &
      Pick<BillUsageTx, 'billedUsage' | 'subscriptionTerms' | 'planVersions' | 'overrideHistory' | 'clients'>
  >;
  families: readonly ProductFamily[];
  gateway: Pick<PaymentGateway, 'previewUpcomingInvoice'>;
}

const running: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due']);

/**
 * The next invoice of every running subscription: Stripe's own preview, plus the usage so far that is rated here and
 * that Stripe does not know yet. What has been billed already is not shown again. @throws STRIPE_UNAVAILABLE
 */
export async function readUpcoming(
  deps: UpcomingDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<UpcomingInvoiceView[]> {
  const facts = await readBillingFacts(deps, organizationId);
  const account = await deps.unitOfWork.run(organizationId, (tx) => tx.billingAccounts.find(organizationId));
  const stripeCustomerId = account?.stripeCustomerId ?? null;
  if (stripeCustomerId === null) return [];
  const upcoming: UpcomingInvoiceView[] = [];
  for (const { record } of facts.subscriptions) {
    if (!running.has(record.status)) continue;
    const { stripeSubscriptionId } = record;
    const preview = await deps.gateway.previewUpcomingInvoice({ stripeCustomerId, stripeSubscriptionId });
    const usage = await usageLines(deps, organizationId, record);
    if (preview === null && usage.length === 0) continue;
    const usageMinor = usage.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    upcoming.push({
      at: (preview?.at ?? record.currentPeriodEnd).toISOString(),
      currency: record.currency,
      totalMinor: ((preview?.totalMinor ?? 0n) + usageMinor).toString(),
      lines: [...(preview?.lines ?? []), ...usage].map(({ description, amountMinor }) => ({
        description,
        amountMinor: amountMinor.toString(),
      })),
    });
  }
  return upcoming;
}

/** What the open month's usage that is rated here costs so far, by the terms in force when it happened. */
async function usageLines(
  deps: UpcomingDeps,
  organizationId: OrganizationId,
  record: SubscriptionRecord,
): Promise<{ description: string; amountMinor: bigint }[]> {
  const request = { organizationId, record, now: deps.clock.now(), reopenedFrom: null };
  const open = await deps.unitOfWork.run(organizationId, (tx) => loadSegments(tx, deps.families, request));
  const segments = open.filter(
    ({ isClosed, usagePrice }) => !isClosed && usagePrice.billing === 'invoice_item',
  );
  const counted = await countSegments(deps, organizationId, segments);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const lines: { description: string; amountMinor: bigint }[] = [];
    for (const segment of counted) {
      const { meter, period, usagePrice } = segment;
      const fact = { subscriptionId: record.id, feature: meter.key, periodStart: period.start };
      const billedMinor = await tx.billedUsage.billedMinor(organizationId, fact);
      const amountMinor = rateSegment(usagePrice.price, segment).totalMinor - billedMinor;
      const quantity = subtractQuantities(segment.total, segment.before);
      const description = `${meter.name}: ${quantityText(quantity)} so far`;
      if (amountMinor !== 0n) lines.push({ description, amountMinor });
    }
    return lines;
  });
}
