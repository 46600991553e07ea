import type { OrganizationId } from '../shared/ids.ts';

/** Usage older than late usage that was corrected or filled in: whoever bills it has to look at its months again. */
export interface UsageReopenings {
  /** Before the usage is written, or with it, so that none is ever without its note. */
  note(organizationId: OrganizationId, reopening: { occurredFrom: Date; notedAt: Date }): Promise<void>;
  /** The same for the instant of a stored event. */
  noteEvent(organizationId: OrganizationId, reopening: { eventId: string; notedAt: Date }): Promise<void>;
  /** The earliest instant that is not settled; null = nothing was reopened. */
  findOpen(organizationId: OrganizationId): Promise<Date | null>;
  /** Those noted before: the usage they announced has been written by then. */
  settle(organizationId: OrganizationId, settlement: { notedBefore: Date; at: Date }): Promise<void>;
}
