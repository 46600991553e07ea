import type { OrganizationId, SubscriptionId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { MeterSpan, UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { BillUsageDeps, BillUsageTx } from '../bill-usage/bill-usage.ports.ts';

/** A closed period of a meter as it was billed. */
export interface BilledPeriod {
  subscriptionId: SubscriptionId;
  family: string;
  meter: string;
  period: Period;
  /** Where counting began, when the period is a later part of a month. */
  countedFrom: Date | null;
  currency: string;
  /** Number of its last billing. */
  sequence: number;
  /** Of the first billing; for usage that Stripe rates what Stripe billed. */
  firstQuantity: Quantity;
  billedQuantity: Quantity;
  billedMinor: bigint;
  /** Sum of the mirrored lines on invoices that are out of draft. */
  invoicedMinor: bigint;
  /** Stripe rated it from the reports of its meter. */
  isRatedAtStripe: boolean;
  /** How many looks before this one found a difference, without one in between that did not. */
  knownDifferences: number;
}

export interface UsageProof {
  subscriptionId: SubscriptionId;
  meter: string;
  period: Period;
  /** Summed from the single events. */
  eventsQuantity: Quantity;
  /** Summed from the stored totals that limits and billing read. */
  bucketsQuantity: Quantity;
  toldQuantity: Quantity;
  /** stripe = its meter was asked; reports = what was sent to it; billing = rated here, so nobody is told. */
  toldSource: 'stripe' | 'reports' | 'billing';
  billedQuantity: Quantity;
  billedMinor: bigint;
  invoicedMinor: bigint;
  currency: string;
  sequence: number;
  /** open = the last part waits for the next invoice. */
  verdict: 'equal' | 'open' | 'different';
  /** Looks in a row that found a difference. */
  differences: number;
  provedAt: Date;
}

export interface UsageProofRepository {
  /** Closed periods without a proof, with one that is not final, or billed again since. */
  listUnproved(organizationId: OrganizationId): Promise<BilledPeriod[]>;
  save(organizationId: OrganizationId, proof: UsageProof): Promise<void>;
  /** Newest period first. */
  list(organizationId: OrganizationId, limit: number): Promise<UsageProof[]>;
}

export interface ProveUsageTx extends BillUsageTx {
  usageProofs: UsageProofRepository;
}

/** Sums single events, never the stored totals. */
export interface EventTotals {
  total(span: MeterSpan, period: Period): Promise<Quantity>;
}

export interface ProveUsageDeps extends Pick<BillUsageDeps, 'clock' | 'gateway' | 'families'> {
  unitOfWork: UnitOfWork<ProveUsageTx>;
  usage: Pick<UsageReader, 'totals'>;
  eventTotals: EventTotals;
}
