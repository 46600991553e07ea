import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import { entitlementsChanged } from '../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { Organization } from './organization.ts';
import type { OrganizationTx } from './organizations.ports.ts';

interface Deps {
  clock: Clock;
  unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'audit' | 'messages'>>;
}

/** Staff stop an organization's checks; ingest, reading, paying and export go on. Repeating it changes nothing. */
export async function suspendOrganization(
  deps: Deps,
  request: { actor: Actor; organizationId: OrganizationId; reason: string },
): Promise<Organization> {
  return setSuspension(deps, request, { suspendedAt: deps.clock.now(), suspendedReason: request.reason });
}

/** Lifts a suspension by staff; one that comes from a failed payment ends with the payment (R13). */
export async function restoreOrganization(
  deps: Deps,
  request: { actor: Actor; organizationId: OrganizationId; reason: string },
): Promise<Organization> {
  return setSuspension(deps, request, { suspendedAt: null, suspendedReason: null });
}

async function setSuspension(
  deps: Deps,
  { actor, organizationId, reason }: { actor: Actor; organizationId: OrganizationId; reason: string },
  change: Pick<Organization, 'suspendedAt' | 'suspendedReason'>,
): Promise<Organization> {
  authorize(actor, { staff: 'billing_ops' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const before = await tx.organizations.lock(organizationId);
    if (before === undefined) throw notFound('organization');
    if ((before.suspendedAt === null) === (change.suspendedAt === null)) return before;
    const after = await tx.organizations.update(organizationId, change);
    await tx.audit.append({
      organizationId,
      actor,
      action: change.suspendedAt === null ? 'organization.restored' : 'organization.suspended',
      target: { kind: 'organization', id: organizationId },
      reason,
      before: { suspendedAt: before.suspendedAt },
      after: { suspendedAt: change.suspendedAt },
    });
    await tellSuspension(tx, after, deps.clock.now());
    return after;
  });
}

async function tellSuspension(
  tx: Pick<OrganizationTx, 'messages'>,
  { id: organizationId, suspendedAt }: Organization,
  now: Date,
): Promise<void> {
  const reason = 'organization_suspended';
  const fact = `organization:${now.getTime()}`;
  const type = suspendedAt === null ? 'processing.resumed' : 'processing.paused';
  await tx.messages.add({ organizationId, type, fact: `${type}:${fact}`, data: { reason }, occurredAt: now });
  await tx.messages.add(entitlementsChanged(organizationId, { fact, at: now, reason }));
}
