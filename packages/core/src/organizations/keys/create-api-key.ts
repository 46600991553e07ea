import type { Actor, ApiKeyScope } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { asId, type IdSource, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { SecretSource } from '../../shared/secret-source.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { mayBuy, seesMoney } from '../organization.ts';
import { keyExpiryPassed, keyScopeTooWide, organizationClosed } from '../organizations.errors.ts';
import type { ApiKey, OrganizationTx } from '../organizations.ports.ts';

/** Characters of a key that stay readable, so that people can tell keys apart. */
const prefixLength = 11;

/** The secret with its recognizable beginning, and the row that is stored instead of it. */
export function mintApiKey(
  deps: { clock: Clock; ids: IdSource; secrets: SecretSource },
  facts: Pick<ApiKey, 'organizationId' | 'name' | 'scopes' | 'createdBy' | 'expiresAt'>,
): { key: string; row: ApiKey } {
  const key = `mg_${deps.secrets.create()}`;
  const row: ApiKey = {
    ...facts,
    id: asId('apiKey', deps.ids.next()),
    keyHash: deps.secrets.hash(key),
    prefix: key.slice(0, prefixLength),
    createdAt: deps.clock.now(),
    revokedAt: null,
    lastUsedAt: null,
  };
  return { key, row };
}

/**
 * Makes a key of one organization. The secret is in this answer and nowhere else.
 * @throws KEY_SCOPE_TOO_WIDE when the key could do what its maker may not (see amounts or buy, for an admin without
 * that right); KEY_EXPIRY_PASSED
 */
export async function createApiKey(
  deps: {
    clock: Clock;
    ids: IdSource;
    secrets: SecretSource;
    unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'apiKeys' | 'audit'>>;
  },
  request: {
    actor: Extract<Actor, { kind: 'member' }>;
    organizationId: OrganizationId;
    name: string;
    scopes: ApiKeyScope[];
    expiresAt?: Date | undefined;
  },
): Promise<{ key: string; row: ApiKey }> {
  const { actor, organizationId, name, scopes } = request;
  authorize(actor, { members: ['owner', 'admin'] });
  const { expiresAt = null } = request;
  if (expiresAt !== null && expiresAt <= deps.clock.now()) throw keyExpiryPassed();
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.find(organizationId);
    if (organization === undefined) throw notFound('organization');
    if (organization.status === 'closed') throw organizationClosed();
    if (scopes.includes('billing:write') && !mayBuy(actor.role, organization)) throw keyScopeTooWide();
    if (scopes.includes('billing:read') && !seesMoney(actor.role, organization)) throw keyScopeTooWide();
    const minted = mintApiKey(deps, {
      organizationId,
      name,
      scopes: [...new Set(scopes)],
      createdBy: actor.userId,
      expiresAt,
    });
    await tx.apiKeys.insert(minted.row);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'api_key.created',
      target: { kind: 'api_key', id: minted.row.id },
      after: { name, scopes, prefix: minted.row.prefix },
    });
    return minted;
  });
}
