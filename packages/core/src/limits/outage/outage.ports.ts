import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';
import type { UsageEventEntry } from '../../usage/usage-event.ts';
import type { CounterKey, GaugeCommand, ReceiptTerms, Verdict } from '../limits.ports.ts';

/** What an allowed decision has to do to the counters once they can be reached again. */
export type OutageEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'consume'; readonly entry: UsageEventEntry }
  | { readonly kind: 'take'; readonly command: Omit<GaugeCommand, 'decide'> }
  | {
      readonly kind: 'reserve';
      readonly key: CounterKey;
      readonly reservationId: string;
      readonly eventId: string;
      readonly expiresAt: Date;
    };

/** A decision made while the database was away. */
export interface OutageDecision {
  /** Id of its receipt: the one that the same call would have got from the database. */
  readonly receiptId: string;
  readonly terms: ReceiptTerms;
  readonly verdict: Verdict;
  readonly effect: OutageEffect;
}

/** Something that has happened and counts without a decision: what a reservation used, a level that was reported. */
export interface OutageReport {
  /** Names the fact, like the receipt of a decision does. */
  readonly receiptId: string;
  readonly organizationId: OrganizationId;
  readonly report:
    | {
        readonly kind: 'settle';
        readonly operation: 'commit' | 'release';
        readonly reservationId: string;
        readonly quantity: Quantity;
      }
    | { readonly kind: 'level'; readonly command: Omit<GaugeCommand, 'decide'> };
}

export type OutageEntry = OutageDecision | OutageReport;

/** Keeps decisions and reports outside the database and carries them over, each exactly once, when it is back. */
export interface OutageJournal {
  /** Resolves when the entry would survive a power cut of this machine. */
  keep(entry: OutageEntry): Promise<void>;
  /** Whether an entry of this id was kept here and is not in the database yet. */
  holds(receiptId: string): boolean;
}
