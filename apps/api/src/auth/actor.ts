import { type ApiKeyScope, fromPublicId, notFound, type OrganizationId } from '@metergate/core';
import { scopeMissing } from '../http/rest/rest.errors.ts';
import type { ApiKeyActor } from '../http/rest/route.ts';
import type { IdentityReader } from './identity.ts';

/** @throws SCOPE_MISSING */
export function requireScope(actor: ApiKeyActor, scope: ApiKeyScope): void {
  if (!actor.scopes.includes(scope)) throw scopeMissing(scope);
}

/**
 * The organization a request names, by our id or its externalId. A key of an organization may name only its
 * own; everybody else's answers like one that does not exist.
 *
 * @throws NOT_FOUND
 */
export async function resolveOrganization(
  deps: { identity: Pick<IdentityReader, 'findOrganization'> },
  actor: ApiKeyActor,
  ref: string,
): Promise<OrganizationId> {
  if (actor.organizationId !== null && fromPublicId('organization', ref) === actor.organizationId) {
    return actor.organizationId;
  }
  const found = await deps.identity.findOrganization(ref);
  if (found === null) throw notFound('organization');
  if (actor.organizationId !== null && actor.organizationId !== found) throw notFound('organization');
  return found;
}
