import type { EntitlementReader } from '../../limits/limits.ports.ts';
import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { SyncDeps } from '../sync-organization.ts';

/** The usage of one feature in one period of a subscription: what is billed in total exactly once. */
export interface UsageFact {
  subscriptionId: SubscriptionId;
  feature: string;
  periodStart: Date;
}

export interface UsageBillingRecord extends UsageFact {
  id: string;
  periodEnd: Date;
  /** From 1 in each period. */
  sequence: number;
  /** final closes the period; adjustment bills what came after that (R5). */
  kind: 'on_demand' | 'final' | 'adjustment';
  /** planned = decided here; itemized = the line exists at Stripe; billed = on its way to or on an invoice. */
  status: 'planned' | 'itemized' | 'billed';
  priceKey: string;
  /** Total of the period when it was rated. */
  quantity: Quantity;
  /** What this billing adds; negative when usage was taken back. */
  amountMinor: bigint;
  currency: string;
  description: string;
  explanation: unknown;
  stripeInvoiceItemId: string | null;
  stripeInvoiceId: string | null;
}

export interface BilledUsageRepository {
  /** In the order of their sequence. */
  list(organizationId: OrganizationId, fact: UsageFact): Promise<UsageBillingRecord[]>;
  /** Sum over everything decided for the period, on an invoice or not yet. */
  billedMinor(organizationId: OrganizationId, fact: UsageFact): Promise<bigint>;
  /** What was decided and has not reached an invoice, oldest first. */
  listUnfinished(
    organizationId: OrganizationId,
    subscriptionId: SubscriptionId,
  ): Promise<UsageBillingRecord[]>;
  save(organizationId: OrganizationId, billing: UsageBillingRecord): Promise<void>;
  /** Gives the mirrored lines of the invoice the explanations that were made when they were rated. */
  explainLines(organizationId: OrganizationId, stripeInvoiceId: string): Promise<void>;
}

export interface BillUsageTx extends MirrorTx {
  billedUsage: BilledUsageRepository;
}

export interface BillUsageDeps extends Omit<SyncDeps, 'unitOfWork'> {
  unitOfWork: UnitOfWork<BillUsageTx>;
  entitlements: EntitlementReader;
  usage: Pick<UsageReader, 'totals'>;
}
