import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Id, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { ApiKey, OrganizationTx } from '../organizations.ports.ts';

/** Ends a key at once. Repeating it changes nothing. */
export async function revokeApiKey(
  deps: { clock: Clock; unitOfWork: UnitOfWork<Pick<OrganizationTx, 'apiKeys' | 'audit'>> },
  request: { actor: Actor; organizationId: OrganizationId; keyId: Id<'apiKey'> },
): Promise<ApiKey> {
  const { actor, organizationId, keyId } = request;
  authorize(actor, { members: ['owner', 'admin'], staff: 'super_admin' });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const key = await tx.apiKeys.find(organizationId, keyId);
    if (key === undefined) throw notFound('key');
    if (key.revokedAt !== null) return key;
    const revokedAt = deps.clock.now();
    await tx.apiKeys.revoke(organizationId, keyId, revokedAt);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'api_key.revoked',
      target: { kind: 'api_key', id: keyId },
      before: { name: key.name, scopes: key.scopes },
    });
    return { ...key, revokedAt };
  });
}
