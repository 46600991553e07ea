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

export interface AnomalyTx {
  organizations: Pick<OrganizationRepository, 'find'>;
  anomalies: AnomalyRepository;
  mail: MailOutbox;
}
