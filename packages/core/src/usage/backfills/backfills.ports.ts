import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';

export interface StoredBackfill {
  id: string;
  reason: string;
  createdAt: Date;
  /** Events of it that are kept, also those that were taken back since. */
  events: number;
  /** Of these, the ones that still count. */
  standing: number;
  /** Events of it that were retired; they count for good. */
  retired: number;
  occurredFrom: Date | null;
  occurredTo: Date | null;
  revertReason: string | null;
  revertedAt: Date | null;
}

export interface BackfilledEvent {
  id: string;
  meter: string;
  /** What it says after its corrections. */
  quantity: Quantity;
  occurredAt: Date;
}

/** Which events are whose is noted by the writer that stores them. */
export interface UsageBackfills {
  /** Makes it where there is none of that name; a later reason does not replace the first. */
  open(organizationId: OrganizationId, backfill: { id: string; reason: string; at: Date }): Promise<void>;
  find(organizationId: OrganizationId, id: string): Promise<StoredBackfill | undefined>;
  /** Latest first. */
  list(organizationId: OrganizationId, countMax: number): Promise<StoredBackfill[]>;
  /** Events of it that still count, in order of their ids. */
  standing(
    organizationId: OrganizationId,
    page: { id: string; after: string | null; countMax: number },
  ): Promise<BackfilledEvent[]>;
  /** Nothing is added to it from now on; the first reason stays. */
  markReverted(
    organizationId: OrganizationId,
    revert: { id: string; reason: string; at: Date },
  ): Promise<void>;
}
