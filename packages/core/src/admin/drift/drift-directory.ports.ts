import type { z } from 'zod';
import type { DriftFinding, DriftRepository } from '../../payments/drift/drift.ports.ts';
import type { driftFilterSchema } from '../../payments/drift/drift.schemas.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';

export interface DriftRecord extends DriftFinding {
  organization: { id: OrganizationId; slug: string; name: string };
}

/** Findings across organizations, the last found first; for staff. */
export interface DriftDirectory {
  list(
    filter: z.infer<typeof driftFilterSchema>,
  ): Promise<{ items: DriftRecord[]; nextCursor: string | null }>;
  countByStatus(): Promise<Record<string, number>>;
  /** Of the given status, or of all. */
  countByKind(status: string | undefined): Promise<Record<string, number>>;
  find(id: DriftFinding['id']): Promise<DriftRecord | null>;
}

export interface ListDriftDeps {
  driftFindings: DriftDirectory;
}

export interface AcceptDriftDeps extends ListDriftDeps {
  unitOfWork: UnitOfWork<{ drift: DriftRepository; audit: AuditLog }>;
  clock: { now(): Date };
}
