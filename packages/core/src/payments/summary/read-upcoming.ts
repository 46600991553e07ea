import type { z } from 'zod';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { upcomingInvoiceViewSchema } from '../../invoices/invoices.schemas.ts';
import { rateRemaining } from '../../rating/rate-usage.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BilledUsageRepository } from '../bill-usage/bill-usage.ports.ts';
import type { PaymentGateway } from '../payment-gateway.ports.ts';
import { pricedUsageOf } from './billing-cost.ts';
import { quantityText } from './notice-text.ts';
import { type BillingFacts, readBillingFacts } from './read-billing-facts.ts';
import type { SummaryDeps, SummaryTx } from './summary.ports.ts';

export type UpcomingInvoiceView = z.infer<typeof upcomingInvoiceViewSchema>;

export interface UpcomingDeps extends SummaryDeps {
  unitOfWork: UnitOfWork<SummaryTx & { billedUsage: BilledUsageRepository }>;
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
  for (const { record, plan } of facts.subscriptions) {
    if (!running.has(record.status)) continue;
    const { stripeSubscriptionId } = record;
    const preview = await deps.gateway.previewUpcomingInvoice({ stripeCustomerId, stripeSubscriptionId });
    const usage = plan === null ? [] : await usageLines(deps, facts, { record, plan });
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

async function usageLines(
  deps: UpcomingDeps,
  facts: BillingFacts,
  { record, plan }: { record: SubscriptionRecord; plan: PlanVersion },
): Promise<{ description: string; amountMinor: bigint }[]> {
  const priced = pricedUsageOf(facts, record, plan).filter(
    ({ usagePrice }) => usagePrice.billing === 'invoice_item',
  );
  const { organizationId } = facts;
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const lines: { description: string; amountMinor: bigint }[] = [];
    for (const { standing, usagePrice } of priced) {
      const { feature } = standing.grant;
      const { start: periodStart } = standing.period;
      const fact = { subscriptionId: record.id, feature: feature.key, periodStart };
      const billedMinor = await tx.billedUsage.billedMinor(organizationId, fact);
      const amountMinor = rateRemaining(usagePrice.price, { quantity: standing.used, billedMinor });
      const description = `${feature.name}: ${quantityText(standing.used)} so far`;
      if (amountMinor !== 0n) lines.push({ description, amountMinor });
    }
    return lines;
  });
}
