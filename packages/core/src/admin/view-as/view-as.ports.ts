import type { MemberRepository } from '../../organizations/organizations.ports.ts';
import type { AuditLog } from '../../shared/audit.ts';
import type { Id, OrganizationId } from '../../shared/ids.ts';

/** One staff member looking at one organization with the eyes of an owner, until a given instant at most. */
export interface ViewAsSession {
  id: Id<'viewAs'>;
  organizationId: OrganizationId;
  staffUserId: string;
  reason: string;
  ticket: string | null;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

export interface ViewAsRepository {
  insert(session: ViewAsSession): Promise<void>;
  /** Ends what is still running for this person and answers it. */
  endRunning(organizationId: OrganizationId, staffUserId: string, at: Date): Promise<ViewAsSession[]>;
}

export interface ViewAsTx {
  viewAsSessions: ViewAsRepository;
  members: Pick<MemberRepository, 'find'>;
  audit: AuditLog;
}
