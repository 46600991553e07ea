import type { Id, OrganizationId } from '../../shared/ids.ts';
import type { ClassifiedDrift, InFlight } from './classify-drift.ts';
import type { DriftSource, DriftStatus } from './drift.schemas.ts';

/** One object that differed when it was compared. */
export interface DriftFinding extends ClassifiedDrift {
  id: Id<'driftFinding'>;
  status: DriftStatus;
  source: DriftSource;
  foundAt: Date;
  /** The same difference is one finding, however often it is found again. */
  lastFoundAt: Date;
  times: number;
  settledAt: Date | null;
  settledBy: string | null;
  reason: string | null;
}

/** What is on its way, read without the tenant: an event belongs to nobody until it is taken up. */
export interface UnderWay {
  read(organizationId: OrganizationId, now: Date): Promise<InFlight>;
}

export interface DriftRepository {
  /** Open ones, and those that a person accepted as they are. */
  listUnsettled(organizationId: OrganizationId): Promise<DriftFinding[]>;
  find(organizationId: OrganizationId, id: Id<'driftFinding'>): Promise<DriftFinding | null>;
  save(organizationId: OrganizationId, finding: DriftFinding): Promise<void>;
}
