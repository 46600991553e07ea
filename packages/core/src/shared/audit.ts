import type { Actor } from './actor.ts';
import type { OrganizationId } from './ids.ts';

/** One change of plan, money, access, limit, flag, role or key; written in the same transaction as the change. */
export interface AuditEntry {
  /** null = a platform-wide change (flags, catalogue, staff). */
  organizationId: OrganizationId | null;
  actor: Actor;
  /** `noun.verb_in_past`, for example `subscription.plan_changed`. */
  action: string;
  target: { kind: string; id: string };
  reason?: string;
  before?: unknown;
  after?: unknown;
  requestId?: string;
}

/** Appends to the hash-chained audit log of the running transaction. */
export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
}
