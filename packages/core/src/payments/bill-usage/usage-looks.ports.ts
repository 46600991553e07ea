import type { OrganizationId } from '../../shared/ids.ts';

export interface BegunLook {
  /** Of the last look that was written down; 0 = there was none. */
  number: bigint;
  lookedAt: Date | null;
  /** Usage before this had its month closed by then. */
  closedUntil: Date | null;
  /** What had changed by now. */
  cues: readonly bigint[];
}

export interface FinishedLook extends Pick<BegunLook, 'number' | 'cues'> {
  lookedAt: Date;
  closedUntil: Date;
  /** When time alone makes the organization due again; null = only a cue does. */
  dueAt: Date | null;
}

/** Who has to be looked at for billing. Whatever can change a bill leaves a cue in its own transaction. */
export interface UsageLooks {
  /** Before anything else is read. */
  begin(organizationId: OrganizationId): Promise<BegunLook>;
  findLookedAt(organizationId: OrganizationId): Promise<Date | null>;
  /** Deletes the cues the look began with. False, without effect, when another look was finished since it began. */
  finish(organizationId: OrganizationId, look: FinishedLook): Promise<boolean>;
}
