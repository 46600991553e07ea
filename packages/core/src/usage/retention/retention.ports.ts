import type { OrganizationId } from '../../shared/ids.ts';

export interface RetirementStep {
  meter: string;
  /** Only what happened earlier may go. */
  before: Date;
  /** Where the step before ended; null = from the beginning. */
  from: Date | null;
  /** About so many at a time: events of one instant go together. */
  countMax: number;
}

export interface UsageRetirements {
  /** Events of these meters that a run would look at, and from when on usage is held because it is still needed. */
  preview(
    organizationId: OrganizationId,
    span: { meters: readonly string[]; before: Date },
  ): Promise<readonly { meter: string; count: number; heldFrom: Date | null }[]>;
  /**
   * Takes the oldest events of one meter away and keeps their ids and sums. Answers how many went and the last
   * instant looked at; null = nothing is left. What is still needed stays, whatever `before` says.
   */
  retire(organizationId: OrganizationId, step: RetirementStep): Promise<{ count: number; upTo: Date | null }>;
}
