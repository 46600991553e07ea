import type { ClientId, OrganizationId } from '../shared/ids.ts';
import type { Quantity } from '../shared/money/quantity.ts';
import type { Period } from '../shared/time/period.ts';
import type { MeterAggregation, UsageEventEntry } from '../usage/usage-event.ts';
import type { EntitlementSnapshot } from './entitlement-snapshot.ts';

export type LimitOperation = 'check' | 'consume' | 'reserve' | 'commit' | 'release';

/** What counts toward a limit right now; every decision reads the sum of both. */
export interface CounterLevels {
  readonly used: Quantity;
  readonly reserved: Quantity;
}

/** Nothing used, nothing held; also what is assumed while counters cannot be read. */
export const noLevels: CounterLevels = { used: '0', reserved: '0' };

export interface Verdict {
  readonly decision: 'allowed' | 'warned' | 'blocked';
  /** snake_case; null when simply allowed. */
  readonly reason: string | null;
  /** What only the decision itself knew; added to what the receipt says. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** Names one running total: a feature of an organization, or of one client of it, in one window. */
export interface CounterKey {
  readonly organizationId: OrganizationId;
  readonly feature: string;
  readonly window: Period;
  readonly aggregation: MeterAggregation;
  /** Absent = all usage of the organization. */
  readonly clientId?: ClientId;
}

/** The totals a decision reads beside the one it adds to: of the client, and of what a budget counts. */
export type ReadLevels = (key: CounterKey) => CounterLevels;

/** What a receipt says besides the levels and the verdict. */
export interface ReceiptTerms {
  readonly organizationId: OrganizationId;
  readonly at: Date;
  readonly feature: string;
  readonly operation: LimitOperation;
  readonly quantity: Quantity;
  /** null = unlimited. */
  readonly limit: Quantity | null;
  /** `family/plan/version`, or null without a plan. */
  readonly planVersion: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly clientId: ClientId | null;
  readonly subject: string | null;
}

/** Taken or settled as asked. `lease_expired` is a remark of a late commit. */
export function settledVerdict({ isLate }: { isLate: boolean }): Verdict {
  return isLate ? { decision: 'warned', reason: 'lease_expired' } : { decision: 'allowed', reason: null };
}

/** A decision as it stands in its receipt. */
export interface Settled extends Verdict {
  readonly receiptId: string;
  /** After the decision took effect. */
  readonly levels: CounterLevels;
  readonly limit: Quantity | null;
  readonly quantity: Quantity;
  /** When it was decided, of a first decision that is answered again: its window may have ended since. */
  readonly decidedAt?: Date;
}

/** Pure: decides for `quantity` more on top of the levels. Called while every counter it reads is locked. */
export type Decide = (levels: CounterLevels, quantity: Quantity, read: ReadLevels) => Verdict;

export interface ConsumeCommand {
  readonly key: CounterKey;
  /** Further totals the decision reads. */
  readonly others: readonly CounterKey[];
  readonly entry: UsageEventEntry;
  readonly terms: ReceiptTerms;
  readonly decide: Decide;
}

export interface ReserveCommand {
  readonly key: CounterKey;
  /** Further totals the decision reads. */
  readonly others: readonly CounterKey[];
  readonly reservationId: string;
  /** Id of the usage event that the commit will write. */
  readonly eventId: string;
  readonly expiresAt: Date;
  readonly terms: ReceiptTerms;
  readonly decide: Decide;
}

export interface StoredReservation {
  readonly id: string;
  readonly feature: string;
  readonly quantity: Quantity;
  readonly status: 'held' | 'committed' | 'released' | 'expired';
  readonly eventId: string;
  readonly clientId: ClientId | null;
  readonly subject: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly committedQuantity: Quantity | null;
  /** When it was committed, released or taken back; null = it is held. */
  readonly settledAt: Date | null;
}

/** Work that ended after its lease is recorded all the same, and flagged, whether or not the lease was noticed yet. */
export function isLeaseOver({ expiresAt, status }: StoredReservation, at: Date): boolean {
  return status === 'expired' || expiresAt <= at;
}

export interface SettleCommand {
  readonly reservation: StoredReservation;
  /** The usage to record; null gives everything back. */
  readonly entry: UsageEventEntry | null;
  readonly key: CounterKey;
  readonly terms: ReceiptTerms;
}

/**
 * Counters, reservations and receipts. Each method is one transaction: the decision, its receipt, the usage event
 * and every total commit together or not at all. Two callers can never both take the last unit.
 */
export interface LimitLedger {
  /** The same parts always give the same UUID: how repeated calls find what the first one made. */
  derivedId(organizationId: OrganizationId, kind: string, id: string): string;
  /** The levels now; nothing is written for good. */
  levels(key: CounterKey): Promise<CounterLevels>;
  /** Several of one organization, as of one moment. */
  allLevels(keys: readonly CounterKey[]): Promise<ReadLevels>;
  /** The same event id again answers the first decision. Throws USAGE_EVENT_ID_REUSED for other content. */
  consume(command: ConsumeCommand): Promise<Settled>;
  /** The same reservation id again answers the first decision. */
  reserve(command: ReserveCommand): Promise<Settled>;
  findReservation(organizationId: OrganizationId, id: string): Promise<StoredReservation | undefined>;
  /** `undefined` when somebody else settled it meanwhile: read it again. Warns of a lease that was over. */
  settle(command: SettleCommand): Promise<Settled | undefined>;
  /** Gives back what was held by leases that ended before `now`; answers how many. */
  expireReservations(now: Date, countMax: number): Promise<number>;
}

export interface GaugeCommand {
  readonly organizationId: OrganizationId;
  readonly feature: string;
  /** The same id again changes nothing and answers the present level. */
  readonly changeId: string;
  readonly change: { kind: 'set'; level: Quantity } | { kind: 'take' | 'give'; quantity: Quantity };
  readonly occurredAt: Date;
  readonly terms: ReceiptTerms | null;
  /** Absent = the change is a report and always counts. */
  readonly decide?: Decide;
}

/** Levels of features that do not reset: seats, agents, storage. */
export interface GaugeStore {
  level(organizationId: OrganizationId, feature: string): Promise<Quantity>;
  levels(organizationId: OrganizationId): Promise<ReadonlyMap<string, Quantity>>;
  apply(command: GaugeCommand): Promise<Settled>;
}

/** Receipts of allowed checks, which may be lost with the process; refusals and changes commit with the decision. */
export interface ReceiptLog {
  /** Written in batches behind the answer; answers the receipt's id at once. */
  note(terms: ReceiptTerms, verdict: Verdict, levels: CounterLevels): string;
  /** Returns after the receipt is committed. */
  keep(terms: ReceiptTerms, verdict: Verdict, levels: CounterLevels): Promise<string>;
}

export interface EntitlementReader {
  /** At most some seconds old; throws NOT_FOUND. */
  snapshotOf(organizationId: OrganizationId): Promise<EntitlementSnapshot>;
}
