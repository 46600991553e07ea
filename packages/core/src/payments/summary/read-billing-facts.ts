import type { PlanVersion } from '../../catalog/plan.ts';
import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import { isPastDue } from '../../invoices/read/invoice-view.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../../limits/entitlement-snapshot.ts';
import { limitWindow, usagePeriod } from '../../limits/limit-window.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import { billingPeriod, billingPeriodAt } from '../../shared/time/billing-period.ts';
import type { Period } from '../../shared/time/period.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PaymentMethodRecord } from '../payments.ports.ts';
import type { SummaryDeps, SummaryTx } from './summary.ports.ts';

/** Newest invoices looked through for open ones; an unpaid one older than that has ended its subscription. */
const invoicesMax = 100;
const monthly = { unit: 'month', count: 1 } as const;

/** A metered feature with its running totals. */
export interface MeteredStanding {
  grant: FeatureGrant;
  /** By which it is charged. */
  period: Period;
  used: Quantity;
  /** Used in the period before until the same time of it; null = there was no period before. */
  usedBefore: Quantity | null;
  /** By which it is limited; the same as `period` unless the limit resets by the day or hour. */
  limitPeriod: Period;
  usedOfLimit: Quantity;
}

/** Everything a summary, a notice or a preview is made of, as of one moment. */
export interface BillingFacts {
  organizationId: OrganizationId;
  at: Date;
  /** Names the moment in the database; the same id means the same numbers. */
  snapshotId: string;
  entitlements: EntitlementSnapshot;
  subscriptions: readonly { record: SubscriptionRecord; plan: PlanVersion | null }[];
  pastDueInvoices: readonly InvoiceRecord[];
  defaultMethod: PaymentMethodRecord | null;
  ownerName: string | null;
  metered: readonly MeteredStanding[];
  /** Levels of allocated features. */
  levels: ReadonlyMap<string, Quantity>;
}

/** Reads with a constant number of queries per priced meter; nothing is asked of Stripe. @throws NOT_FOUND */
export async function readBillingFacts(
  deps: SummaryDeps,
  organizationId: OrganizationId,
): Promise<BillingFacts> {
  const at = deps.clock.now();
  const entitlements = await deps.entitlements.snapshotOf(organizationId);
  const stored = await deps.unitOfWork.run(organizationId, (tx) => readStored(tx, organizationId, at));
  const usage = await readUsage(deps, entitlements, at);
  // Usage and subscriptions are read one after the other; the id names the state of both.
  const syncedMs = stored.subscriptions.map(({ record }) => record.stripeSyncedAt.getTime());
  const snapshotId = `${usage.snapshotId}.${Math.max(0, ...syncedMs).toString(36)}`;
  return { organizationId, at, entitlements, ...stored, metered: usage.metered, snapshotId };
}

async function readStored(tx: SummaryTx, organizationId: OrganizationId, at: Date) {
  const records = await tx.subscriptions.list(organizationId);
  const subscriptions: { record: SubscriptionRecord; plan: PlanVersion | null }[] = [];
  for (const record of records) {
    const { family, plan, planVersion } = record;
    subscriptions.push({ record, plan: await tx.planVersions.find(family, plan, planVersion) });
  }
  const invoices = await tx.invoices.listAll(organizationId, invoicesMax);
  const methods = await tx.paymentMethods.list(organizationId);
  const members = await tx.members.list(organizationId);
  return {
    subscriptions,
    pastDueInvoices: invoices.filter((invoice) => isPastDue(invoice, at)),
    defaultMethod: methods.find(({ isDefault }) => isDefault) ?? null,
    ownerName: members.find(({ role }) => role === 'owner')?.name ?? null,
    levels: await tx.levels.levels(organizationId),
  };
}

async function readUsage(
  deps: SummaryDeps,
  entitlements: EntitlementSnapshot,
  at: Date,
): Promise<Pick<BillingFacts, 'metered' | 'snapshotId'>> {
  const spans = [...entitlements.grants.values()].flatMap((grant) => {
    const { meter, entitlement } = grant;
    if (meter === null || entitlement?.kind !== 'metered') return [];
    const period = usagePeriod(grant.standing, at);
    const limitPeriod = limitWindow(grant, entitlements.facts.timeZone, at);
    return [{ grant, meter, period, limitPeriod, before: sameSpanBefore(grant, at) }];
  });
  // In one call, so that every figure belongs to one moment.
  const { snapshotId, totals } = await deps.usage.totals(
    entitlements.facts.organizationId,
    spans.flatMap(({ meter, period, limitPeriod, before }) => {
      const of = (span: Period) => ({ meter: meter.key, aggregation: meter.aggregation, period: span });
      return [of(period), of(limitPeriod), of(before ?? period)];
    }),
  );
  const metered = spans.map(({ grant, period, limitPeriod, before }, index) => ({
    grant,
    period,
    limitPeriod,
    used: totals[index * 3] ?? '0',
    usedOfLimit: totals[index * 3 + 1] ?? '0',
    usedBefore: before === null ? null : (totals[index * 3 + 2] ?? '0'),
  }));
  return { snapshotId, metered };
}

/** The period before, cut off where this one stands now. */
function sameSpanBefore({ standing }: FeatureGrant, at: Date): Period | null {
  if (standing.subscription === null) return null;
  const { billingAnchor } = standing.subscription;
  const current = billingPeriodAt(billingAnchor, monthly, at);
  if (current.index < 1) return null;
  const before = billingPeriod(billingAnchor, monthly, current.index - 1);
  const elapsedMs = at.getTime() - current.start.getTime();
  const lengthMs = before.end.getTime() - before.start.getTime();
  if (elapsedMs <= 0) return null;
  return { start: before.start, end: new Date(before.start.getTime() + Math.min(elapsedMs, lengthMs)) };
}
