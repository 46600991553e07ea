import type { AuditLog } from '../shared/audit.ts';
import type { Clock } from '../shared/clock.ts';
import type { Id, OrganizationId } from '../shared/ids.ts';
import { entitlementsChanged, type OutgoingMessages } from '../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** An own limit or an own price of usage whose date has come. */
export interface ExpiredOverride {
  id: Id<'override'>;
  feature: string;
  sets: 'limit' | 'price';
  expiresAt: Date;
}

export interface ExpiringOverrides {
  listExpired(organizationId: OrganizationId, at: Date): Promise<ExpiredOverride[]>;
  /** False when somebody has ended it meanwhile. */
  endExpired(organizationId: OrganizationId, expired: ExpiredOverride): Promise<boolean>;
}

export interface ExpiryTx {
  expiringOverrides: ExpiringOverrides;
  audit: AuditLog;
  messages: OutgoingMessages;
}

/**
 * Closes the exceptions of an organization that have ended by their date, as of that date, and tells it: decisions
 * have not counted them since, but nobody who keeps a copy of the rights could know. Safe to repeat and to run twice
 * at once. Answers how many were closed.
 */
export async function endExpiredOverrides(
  deps: { clock: Clock; unitOfWork: UnitOfWork<ExpiryTx> },
  { organizationId }: { organizationId: OrganizationId },
): Promise<number> {
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    let count = 0;
    for (const expired of await tx.expiringOverrides.listExpired(organizationId, deps.clock.now())) {
      if (!(await tx.expiringOverrides.endExpired(organizationId, expired))) continue;
      count += 1;
      const { id, feature, sets, expiresAt } = expired;
      await tx.audit.append({
        organizationId,
        actor: { kind: 'job', name: 'end-expired-overrides' },
        action: `${sets}_override.expired`,
        target: { kind: 'override', id },
        before: { feature, expiresAt: expiresAt.toISOString() },
      });
      const told = { fact: `override:${id}:expired`, at: expiresAt, reason: `${sets}_override`, feature };
      await tx.messages.add(entitlementsChanged(organizationId, told));
    }
    return count;
  });
}
