import type { Actor } from '../shared/actor.ts';
import type { ClientId, OrganizationId } from '../shared/ids.ts';
import type { Quantity } from '../shared/money/quantity.ts';
import type { UsageRejection } from './usage.errors.ts';
import type { MeterAggregation, MeterRule, UsageEventEntry } from './usage-event.ts';

/** An organization as the intake sees it. */
export interface MeteredOrganization {
  readonly organizationId: OrganizationId;
  readonly meters: ReadonlyMap<string, MeterRule>;
}

/** Answers quickly and from memory where it can: the intake asks it for every request. */
export interface UsageDirectory {
  /** Our id or the platform's own id → the organization, if it exists and the actor may name it. */
  findOrganization(reference: string, actor: Actor): Promise<MeteredOrganization | undefined>;
  /** Only those that exist in this organization; the rest is absent from the answer. */
  findClients(
    organizationId: OrganizationId,
    references: readonly string[],
  ): Promise<ReadonlyMap<string, ClientId>>;
}

/**
 * `duplicate` = the same id with the same content is stored already; `id_reused` = with other content;
 * `not_storable` = the database refused this one event for its data; `backfill_reverted` = what it belongs to was taken
 * back before it was stored.
 */
export type UsageWriteOutcome = 'accepted' | 'duplicate' | 'id_reused' | 'not_storable' | 'backfill_reverted';

export interface UsageWriter {
  /**
   * Resolves only after the events are committed, in the order given; the same events again are duplicates.
   * Throws USAGE_INTAKE_BUSY or USAGE_INTAKE_CLOSED before anything of the call is stored.
   */
  write(entries: readonly UsageEventEntry[]): Promise<UsageWriteOutcome[]>;
}

export interface RefusedUsageEvent {
  readonly organizationId: OrganizationId;
  readonly eventId: string | null;
  /** As it came in. */
  readonly raw: unknown;
  readonly rejection: UsageRejection;
}

export interface RejectedEventStore {
  /** Best effort: what cannot be kept for the console never fails the request. */
  keep(events: readonly RefusedUsageEvent[]): Promise<void>;
}

/** A correction as stored; `before` is what the event stood for until then. */
export interface StoredCorrection {
  readonly id: string;
  readonly meter: string;
  readonly kind: 'void' | 'amend';
  /** What it adds to the total. */
  readonly quantity: Quantity;
  readonly before: Quantity;
  readonly isNew: boolean;
}

export interface UsageCorrection {
  readonly eventId: string;
  /** null = take it back. */
  readonly target: Quantity | null;
  readonly at: Date;
  /** How the meter of the event adds up; undefined for meters that are no longer sold. */
  readonly aggregationOf: (meter: string) => MeterAggregation | undefined;
}

export interface UsageCorrections {
  /** Appends what brings the event to its target and corrects every total. Corrections of one event follow each other. */
  correct(
    organizationId: OrganizationId,
    correction: UsageCorrection,
  ): Promise<StoredCorrection | 'not_found' | 'voided' | 'retired'>;
}
