import { type ApiKeyScope, fromPublicId, notFound, type OrganizationId } from '@metergate/core';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import type { Container } from '../container.ts';
import { scopeMissing } from '../http/rest/rest.errors.ts';
import type { ApiKeyActor } from '../http/rest/route.ts';

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
  container: Pick<Container, 'identity' | 'metering'>,
  actor: ApiKeyActor,
  ref: string,
): Promise<OrganizationId> {
  if (actor.organizationId !== null && fromPublicId('organization', ref) === actor.organizationId) {
    return actor.organizationId;
  }
  const found = await findReference(container, ref);
  if (found === null) throw notFound('organization');
  if (actor.organizationId !== null && actor.organizationId !== found) throw notFound('organization');
  return found;
}

/** While the database is away a name stands for what it stood for in the last minutes. */
async function findReference(
  { identity, metering }: Pick<Container, 'identity' | 'metering'>,
  ref: string,
): Promise<OrganizationId | null> {
  const { references, outage } = metering;
  try {
    const found = await outage.watch.during(() => identity.findOrganization(ref));
    return found === null ? null : references.remember(ref, found);
  } catch (error) {
    const known = isDatabaseAway(error) ? references.recall(ref) : undefined;
    if (known === undefined) throw error;
    return known;
  }
}
