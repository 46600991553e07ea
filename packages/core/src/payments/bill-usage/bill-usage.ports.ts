import type { InvoiceId, OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { UsageReopenings } from '../../usage/usage-reopenings.ports.ts';
import type { ReportUsageTx } from '../report-usage/report-usage.ports.ts';
import type { UsageStatementRepository } from '../statements/usage-statements.ts';
import type { SyncDeps } from '../sync-organization.ts';
import type { UsageLooks } from './usage-looks.ports.ts';

/** The usage of one feature in one period of a subscription: what is billed in total exactly once. */
export interface UsageFact {
  subscriptionId: SubscriptionId;
  feature: string;
  periodStart: Date;
}

export interface UsageBillingRecord extends UsageFact {
  id: string;
  periodEnd: Date;
  /** Where counting began when that was before the period, and what had been counted by then; null = with it. */
  countedFrom: Date | null;
  quantityBefore: Quantity;
  /** The plan in force, `family/plan/version`; null for what was billed before terms were kept. */
  planVersion: string | null;
  /** From 1 in each period. */
  sequence: number;
  /** final closes the period; adjustment bills what came after that, or was missing when Stripe rated it (R5). */
  kind: 'on_demand' | 'final' | 'adjustment';
  /** planned = decided here; itemized = the line exists at Stripe; billed = on its way to or on an invoice. */
  status: 'planned' | 'itemized' | 'billed';
  priceKey: string;
  /** Used in the period when it was rated, without what was counted before it. */
  quantity: Quantity;
  /** What this billing adds; negative when usage was taken back. */
  amountMinor: bigint;
  currency: string;
  description: string;
  explanation: unknown;
  stripeInvoiceItemId: string | null;
  stripeInvoiceId: string | null;
}

/** What Stripe billed for the usage of a period that is rated there, read off our mirror of its invoices. */
export type BilledAtStripe =
  /** Its invoice can still change. */
  | { kind: 'draft' }
  /** There is no invoice of it; a later renewal says that there never will be one. */
  | { kind: 'none'; isRenewedSince: boolean }
  | { kind: 'billed'; stripeInvoiceId: string | null; quantity: Quantity; amountMinor: bigint };

export interface BilledUsageRepository {
  findBilledAtStripe(
    organizationId: OrganizationId,
    usage: { subscriptionId: SubscriptionId; priceKey: string; month: Period },
  ): Promise<BilledAtStripe>;
  /** In the order of their sequence. */
  list(organizationId: OrganizationId, fact: UsageFact): Promise<UsageBillingRecord[]>;
  /** Of the periods that begin at `from` or later, in the order of their sequence; null = none. */
  listOfSubscription(
    organizationId: OrganizationId,
    subscriptionId: SubscriptionId,
    from: Date | null,
  ): Promise<UsageBillingRecord[]>;
  /** Sum over everything decided for the period, on an invoice or not yet. */
  billedMinor(organizationId: OrganizationId, fact: UsageFact): Promise<bigint>;
  /** What was decided and has not reached an invoice, oldest first. */
  listUnfinished(
    organizationId: OrganizationId,
    subscriptionId: SubscriptionId,
  ): Promise<UsageBillingRecord[]>;
  save(organizationId: OrganizationId, billing: UsageBillingRecord): Promise<void>;
  /** What was written down when a line was rated; null for a line that nobody here has rated or settled. */
  findOfLine(
    organizationId: OrganizationId,
    line: { priceKey: string; periodStart: Date; description: string; stripeInvoiceId: string },
  ): Promise<UsageBillingRecord | null>;
  /** The mirrored invoices that the billings of a period are on, by the id of the billing. */
  invoicesOf(
    organizationId: OrganizationId,
    fact: UsageFact,
  ): Promise<ReadonlyMap<string, { id: InvoiceId; number: string | null }>>;
  /** Gives the mirrored lines of the invoice the explanations that were made when they were rated. */
  explainLines(organizationId: OrganizationId, stripeInvoiceId: string): Promise<void>;
}

export interface BillUsageTx extends ReportUsageTx {
  billedUsage: BilledUsageRepository;
  usageLooks: UsageLooks;
  usageReopenings: UsageReopenings;
  usageStatements: UsageStatementRepository;
}

export interface BillUsageDeps extends Omit<SyncDeps, 'unitOfWork'> {
  unitOfWork: UnitOfWork<BillUsageTx>;
  usage: Pick<UsageReader, 'totals' | 'series'>;
}
