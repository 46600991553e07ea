import type { z } from 'zod';
import type { Actor } from '../shared/actor.ts';
import { authorize, forbidden } from '../shared/authorize.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import { isTimeZone } from '../shared/time/index.ts';
import { timeZoneUnknown } from '../shared/time/time.errors.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import type { Organization } from './organization.ts';
import { organizationClosed } from './organizations.errors.ts';
import type { OrganizationChanges, OrganizationTx } from './organizations.ports.ts';
import type { updateOrganizationSchema } from './organizations.schemas.ts';

/** Changes name, e-mail, zone or settings; a change that changes nothing writes nothing. */
export async function updateOrganization(
  deps: { unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'audit'>> },
  request: { actor: Actor; organizationId: OrganizationId; input: z.infer<typeof updateOrganizationSchema> },
): Promise<Organization> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner'], scope: 'organizations:write', staff: 'billing_ops' });
  // An admin may make such a key, and billing details are the owner's.
  if (actor.kind === 'api_key' && actor.organizationId !== null && input.email !== undefined)
    throw forbidden();
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) throw timeZoneUnknown(input.timeZone);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const before = await tx.organizations.lock(organizationId);
    if (before === undefined) throw notFound('organization');
    if (before.status === 'closed') throw organizationClosed();
    const changes = changedFields(before, input);
    if (Object.keys(changes).length === 0) return before;
    const after = await tx.organizations.update(organizationId, changes);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.updated',
      target: { kind: 'organization', id: organizationId },
      before: Object.fromEntries(Object.keys(changes).map((key) => [key, Reflect.get(before, key)])),
      after: changes,
    });
    return after;
  });
}

function changedFields(
  before: Organization,
  input: z.infer<typeof updateOrganizationSchema>,
): Partial<OrganizationChanges> {
  const wanted = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(wanted.filter(([key, value]) => Reflect.get(before, key) !== value));
}
