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

/** Keeps decisions outside the database and carries them over, each exactly once, when it is back. */
export interface OutageJournal {
  /** Resolves when the decision would survive a power cut of this machine. */
  keep(decision: OutageDecision): Promise<void>;
}
