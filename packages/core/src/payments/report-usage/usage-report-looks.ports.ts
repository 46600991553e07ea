import type { OrganizationId } from '../../shared/ids.ts';

/** Why an organization was to be looked at. */
export interface UsageReportCue {
  id: bigint;
  /** When it asked for a look; null = at once, and any look that has seen it has answered it. */
  dueAt: Date | null;
  notedAt: Date | null;
}

export interface BegunReportLook {
  /** What Stripe rated at the look before; usage of anything else has left no cue. */
  meters: readonly string[];
  cues: readonly UsageReportCue[];
}

/** Who has something to tell Stripe's meters. Usage that Stripe rates, and whatever decides what is, leaves a cue. */
export interface UsageReportLooks {
  /** Before anything else is read, and under the organization's lock. */
  begin(organizationId: OrganizationId): Promise<BegunReportLook>;
  finish(
    organizationId: OrganizationId,
    look: {
      meters: readonly string[];
      /** When time alone makes the organization due again; null = only a cue does. */
      dueAt: Date | null;
      answered: readonly bigint[];
      /** To look again then, for usage that found no reason to leave a cue. */
      again: readonly { dueAt: Date; notedAt: Date }[];
    },
  ): Promise<void>;
}
