import type { PlanVersion } from '../../catalog/plan.ts';
import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import { isPastDue } from '../../invoices/read/invoice-view.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../../limits/entitlement-snapshot.ts';
import { limitWindow } from '../../limits/limit-window.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PaymentMethodRecord } from '../payments.ports.ts';
import type { SummaryDeps, SummaryTx } from './summary.ports.ts';
import { type CountedUsage, usageToCount } from './usage-cost.ts';

/** Newest invoices looked through for open ones; an unpaid one older than that has ended its subscription. */
const invoicesMax = 100;

/** A metered feature with the running total of its limit. */
export interface MeteredStanding {
  grant: FeatureGrant;
  limitPeriod: Period;
  used: Quantity;
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
  /** What the running months are charged by, of each family that is subscribed to. */
  usage: readonly CountedUsage[];
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
  return {
    organizationId,
    at,
    entitlements,
    ...stored,
    metered: usage.metered,
    usage: usage.usage,
    snapshotId,
  };
}

/** Those that have not ended, newest first; null = their plan is not known here. */
export async function readSubscriptions(
  tx: Pick<SummaryTx, 'subscriptions' | 'planVersions'>,
  organizationId: OrganizationId,
): Promise<{ record: SubscriptionRecord; plan: PlanVersion | null }[]> {
  const records = await tx.subscriptions.list(organizationId);
  const subscriptions: { record: SubscriptionRecord; plan: PlanVersion | null }[] = [];
  for (const record of records) {
    const { family, plan, planVersion } = record;
    subscriptions.push({ record, plan: await tx.planVersions.find(family, plan, planVersion) });
  }
  return subscriptions;
}

async function readStored(tx: SummaryTx, organizationId: OrganizationId, at: Date) {
  const subscriptions = await readSubscriptions(tx, organizationId);
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
): Promise<Pick<BillingFacts, 'metered' | 'usage' | 'snapshotId'>> {
  const spans = [...entitlements.grants.values()].flatMap((grant) => {
    const { meter, entitlement } = grant;
    if (meter === null || entitlement?.kind !== 'metered') return [];
    return [{ grant, meter, limitPeriod: limitWindow(grant, entitlements.facts.timeZone, at) }];
  });
  const charged = usageToCount(entitlements, at);
  // In one call, so that every figure belongs to one moment.
  const { snapshotId, totals } = await deps.usage.totals(entitlements.facts.organizationId, [
    ...charged.spans,
    ...spans.map(({ meter: { key, aggregation }, limitPeriod }) => ({
      meter: key,
      aggregation,
      period: limitPeriod,
    })),
  ]);
  const metered = spans.map(({ grant, limitPeriod }, index) => ({
    grant,
    limitPeriod,
    used: totals[charged.spans.length + index] ?? '0',
  }));
  return { snapshotId, metered, usage: charged.count(totals) };
}
