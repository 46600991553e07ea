import { entitlementsOf } from '../../catalog/effective-entitlements.ts';
import type { Meter } from '../../catalog/meter.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import { type UsagePrice, usagePriceOf } from '../../catalog/usage-price.ts';
import type { EntitlementFacts } from '../../limits/entitlement-snapshot.ts';
import { rateRemaining, rateUsage } from '../../rating/rate-usage.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { formatQuantity } from '../../shared/money/format-money.ts';
import { compareQuantities, type Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { BillUsageDeps, BillUsageTx, UsageBillingRecord } from './bill-usage.ports.ts';
import { settleAtStripe } from './settle-at-stripe.ts';
import { usagePeriodsOf } from './usage-periods.ts';

export interface BillableSubscription {
  record: SubscriptionRecord;
  plan: PlanVersion;
  facts: EntitlementFacts;
}

/** One feature of one period that may have to be billed. */
export interface UsageSpan {
  period: Period;
  isClosed: boolean;
  meter: Meter;
  usagePrice: UsagePrice;
}

/**
 * Decides under the organization's lock what is still to bill and writes it down before anything is sent, so that two
 * runs never decide the same twice (R2: price of the period so far minus what was billed). What an earlier run
 * decided and did not finish is finished first.
 */
export async function planUsageBilling(
  deps: BillUsageDeps,
  tx: BillUsageTx,
  input: { organizationId: OrganizationId; subscription: BillableSubscription; isCurrentIncluded: boolean },
): Promise<UsageBillingRecord[]> {
  const { organizationId, subscription } = input;
  await tx.billingAccounts.lock(organizationId);
  const unfinished = await tx.billedUsage.listUnfinished(organizationId, subscription.record.id);
  const spans = spansOf(deps, subscription, input.isCurrentIncluded);
  const { totals } = await deps.usage.totals(
    organizationId,
    spans.map(({ meter, period }) => ({ meter: meter.key, aggregation: meter.aggregation, period })),
  );
  const planned = [...unfinished];
  for (const [index, span] of spans.entries()) {
    const isPending = unfinished.some(
      ({ feature, periodStart }) =>
        feature === span.meter.key && periodStart.getTime() === span.period.start.getTime(),
    );
    if (isPending) continue;
    const billing = await nextBilling(deps, tx, { ...input, span, quantity: totals[index] ?? '0' });
    if (billing === null) continue;
    await tx.billedUsage.save(organizationId, billing);
    if (billing.status !== 'billed') planned.push(billing);
  }
  return planned;
}

function spansOf(
  deps: BillUsageDeps,
  { record, plan, facts }: BillableSubscription,
  isCurrentIncluded: boolean,
): UsageSpan[] {
  const { current, closed } = usagePeriodsOf(record, deps.clock.now());
  const periods = closed.map((period) => ({ period, isClosed: true }));
  if (isCurrentIncluded && current !== null) periods.push({ period: current, isClosed: false });
  const meters = deps.families.find(({ key }) => key === record.family)?.meters ?? [];
  return periods.flatMap(({ period, isClosed }) => {
    const seats = record.items.find(({ kind }) => kind === 'seat')?.quantity ?? '0';
    const entitlements = entitlementsOf({
      planVersion: plan,
      quantities: { clients: facts.activeClientCount, seats: Number(seats) },
      overrides: facts.overrides,
      at: period.start,
    });
    return meters.flatMap((meter) => {
      const entitlement = entitlements.get(meter.key);
      if (entitlement?.kind !== 'metered') return [];
      const usagePrice = usagePriceOf(plan, entitlement, record.currency);
      if (usagePrice === undefined || (usagePrice.billing === 'stripe_meter' && !isClosed)) return [];
      return [{ period, isClosed, meter, usagePrice }];
    });
  });
}

async function nextBilling(
  deps: BillUsageDeps,
  tx: BillUsageTx,
  input: {
    organizationId: OrganizationId;
    subscription: BillableSubscription;
    span: UsageSpan;
    quantity: Quantity;
  },
): Promise<UsageBillingRecord | null> {
  const { organizationId, span, quantity } = input;
  const { record } = input.subscription;
  const { usagePrice, meter, period, isClosed } = span;
  const fact = { subscriptionId: record.id, feature: meter.key, periodStart: period.start };
  const earlier = await tx.billedUsage.list(organizationId, fact);
  if (usagePrice.billing === 'stripe_meter' && earlier.length === 0) {
    return settleAtStripe(deps, tx, { organizationId, record, span });
  }
  const billedMinor = earlier.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const amountMinor = rateRemaining(usagePrice.price, { quantity, billedMinor });
  const isFinalDone = earlier.some(({ kind }) => kind === 'final');
  // Only late usage reopens a closed period: a plan or client count of today must not reprice what was billed.
  const last = earlier.at(-1);
  if (isFinalDone && last !== undefined && compareQuantities(last.quantity, quantity) === 0) return null;
  // A closed period gets its final row even over nothing: from then on everything is an adjustment.
  if (amountMinor === 0n && (!isClosed || isFinalDone)) return null;
  const kind = isClosed ? (isFinalDone ? 'adjustment' : 'final') : 'on_demand';
  return {
    ...fact,
    id: deps.ids.next(),
    periodEnd: period.end,
    sequence: earlier.length + 1,
    kind,
    status: amountMinor === 0n ? 'billed' : 'planned',
    priceKey: usagePrice.key,
    quantity,
    amountMinor,
    currency: record.currency,
    description: describe({ meter, period, quantity, kind }),
    explanation: {
      ...rateUsage(usagePrice.price, quantity).lines[0]?.explanation,
      alreadyBilledMinor: billedMinor.toString(),
    },
    stripeInvoiceItemId: null,
    stripeInvoiceId: null,
  };
}

/** Names the period it belongs to: an adjustment comes on the invoice of another one. */
function describe(usage: {
  meter: Meter;
  period: Period;
  quantity: Quantity;
  kind: UsageBillingRecord['kind'];
}): string {
  const { meter, period, quantity, kind } = usage;
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const span = `${day(period.start)} to ${day(period.end)}`;
  const units = formatQuantity(quantity, 'en-US');
  if (kind === 'adjustment') return `${meter.name}: adjustment for ${span} (${units} in all)`;
  return `${meter.name}: ${units} in ${span}${kind === 'on_demand' ? ', so far' : ''}`;
}
