import type { PlanVersionRepository } from '../../catalog/publish-catalog.ports.ts';
import { recurringAmount } from '../../rating/monthly-recurring.ts';
import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import { asRunning } from '../../subscriptions/running-price.ts';
import type { SubscriptionRecord, SubscriptionRepository } from '../../subscriptions/subscriptions.ports.ts';

/** What a subscription counted toward monthly recurring revenue from an instant on, until the next level. */
export interface RevenueLevel {
  subscriptionId: SubscriptionId;
  at: Date;
  family: string;
  plan: string;
  currency: string;
  /** Per month, in minor units. */
  amountMinor: bigint;
}

export interface RevenueLevelRepository {
  findLatest(organizationId: OrganizationId, subscriptionId: SubscriptionId): Promise<RevenueLevel | null>;
  save(organizationId: OrganizationId, level: RevenueLevel): Promise<void>;
}

export interface RevenueTx {
  revenueLevels: RevenueLevelRepository;
  subscriptions: SubscriptionRepository;
  planVersions: PlanVersionRepository;
}

export interface RecordRevenueInput {
  organizationId: OrganizationId;
  id: SubscriptionId;
  /** As stored before this reading; null = it is new here. */
  before: SubscriptionRecord | null;
  now: Date;
}

/**
 * Writes a level where the amount, plan or currency differs from the last one. A subscription from before levels
 * were kept has had its earlier amount since it began. Idempotent; part of the transaction that changes the row.
 */
export async function recordRevenue(tx: RevenueTx, input: RecordRevenueInput): Promise<void> {
  const { organizationId, id, before, now } = input;
  const record = await tx.subscriptions.findById(organizationId, id);
  if (record === null) return;
  const known = await tx.revenueLevels.findLatest(organizationId, id);
  const earlier = known ?? (before === null ? null : await levelOf(tx, before, before.createdAt));
  if (known === null && earlier !== null && earlier.amountMinor !== 0n) {
    await tx.revenueLevels.save(organizationId, earlier);
  }
  const next = await levelOf(tx, record, now);
  if (!isSame(earlier, next)) await tx.revenueLevels.save(organizationId, next);
}

async function levelOf(tx: RevenueTx, record: SubscriptionRecord, at: Date): Promise<RevenueLevel> {
  const { id: subscriptionId, family, currency } = record;
  const plan = (await tx.planVersions.find(family, record.plan, record.planVersion)) ?? undefined;
  const amountMinor = recurringAmount({ ...record, items: record.items.map(asRunning), plan });
  return { subscriptionId, at, family, plan: record.plan, currency, amountMinor };
}

/** Nothing before and nothing now is no level; two levels without money are the same. */
function isSame(left: RevenueLevel | null, right: RevenueLevel): boolean {
  if ((left?.amountMinor ?? 0n) === 0n && right.amountMinor === 0n) return true;
  return (
    left !== null &&
    left.amountMinor === right.amountMinor &&
    left.plan === right.plan &&
    left.currency === right.currency
  );
}
