import type { ClientId, OrganizationId } from '../shared/ids.ts';
import type { Quantity } from '../shared/money/quantity.ts';

/** How the events of a meter become one number. */
export type MeterAggregation = 'sum' | 'count' | 'max' | 'latest' | 'unique_count';

/** What the events of a meter are checked against. */
export interface MeterRule {
  readonly aggregation: MeterAggregation;
  /** The property whose values `unique_count` counts. */
  readonly valueField?: string;
  /** The quantity must be this property divided by `per`, rounded up, where an event carries the property. */
  readonly roundsUp?: { readonly property: string; readonly per: Quantity } | null;
}

/** Where an event came from; only a remark, never part of what makes two events equal. */
export type UsageSource = 'api' | 'consume' | 'commit' | 'backfill' | 'console';

/** What was reported, checked and in canonical form; not stored yet. */
export interface UsageEventDraft {
  /** Made by the sender; unique per organization for ever; compared byte for byte. */
  readonly id: string;
  readonly meter: string;
  readonly quantity: Quantity;
  /** Decides the period the event belongs to. */
  readonly occurredAt: Date;
  readonly clientId: ClientId | null;
  readonly subject: string | null;
  /** Canonical JSON text, or null. */
  readonly properties: string | null;
}

/** One event on its way into the store. */
export interface UsageEventEntry {
  readonly organizationId: OrganizationId;
  readonly draft: UsageEventDraft;
  readonly aggregation: MeterAggregation;
  readonly source: UsageSource;
  /** The backfill it belongs to. It is not stored once that was taken back. */
  readonly backfillId?: string;
}

/**
 * The text whose SHA-256 decides whether the same id came with the same content: "1.50" equals "1.5", +05:30 equals
 * its UTC instant, the order of keys does not matter, a client's own id equals ours.
 */
export function payloadText(draft: UsageEventDraft): string {
  const { meter, quantity, occurredAt, clientId, subject, properties } = draft;
  return JSON.stringify([meter, quantity, occurredAt.toISOString(), clientId, subject, properties]);
}

/** What an event adds to a running total of its meter; null when the total is not a plain sum of contributions. */
export function counterDelta(aggregation: MeterAggregation, quantity: Quantity): Quantity | null {
  if (aggregation === 'sum') return quantity;
  return aggregation === 'count' ? '1' : null;
}
