import type { MailOutbox, OrganizationRepository } from '../../organizations/organizations.ports.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { Quantity } from '../../shared/money/quantity.ts';

export interface StoredAnomaly {
  meter: string;
  kind: 'spike' | 'silence';
  windowStart: Date;
  windowEnd: Date;
  expected: Quantity;
  actual: Quantity;
  detectedAt: Date;
}

export interface AnomalyRepository {
  /** Latest first; those whose window ended after `since`. */
  list(organizationId: OrganizationId, since: Date): Promise<StoredAnomaly[]>;
  /** False when it is known already. */
  insert(organizationId: OrganizationId, anomaly: StoredAnomaly): Promise<boolean>;
}

/** What is compared of a meter's hours. */
export interface MeterHabit {
  meter: string;
  /** Hours from the first use that is known until the last whole hour. */
  hoursKnown: number;
  /** Hours with usage, counted back from the last whole one, which is 0. Of others nothing is told. */
  hours: readonly { back: number; quantity: Quantity; events: number }[];
}

export interface UsageHabits {
  /** Of organizations with usage before `end`, which is a whole hour; one question for all of them. */
  read(
    organizationIds: readonly OrganizationId[],
    end: Date,
  ): Promise<ReadonlyMap<OrganizationId, readonly MeterHabit[]>>;
}

export interface AnomalyTx {
  organizations: Pick<OrganizationRepository, 'find'>;
  anomalies: AnomalyRepository;
  mail: MailOutbox;
}
