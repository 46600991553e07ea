import type { Actor, ApiKeyScope } from '../../shared/actor.ts';
import type { AuditLog } from '../../shared/audit.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Id, type IdSource, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { SecretSource } from '../../shared/secret-source.ts';
import type { PlatformUnitOfWork, UnitOfWork } from '../../shared/unit-of-work.ts';
import { organizationClosed } from '../organizations.errors.ts';
import type { ApiKey, OrganizationTx } from '../organizations.ports.ts';
import { mintApiKey } from './create-api-key.ts';

/** Keys that belong to no organization: they may name any. */
export interface PlatformKeyRepository {
  list(): Promise<ApiKey[]>;
  find(id: Id<'apiKey'>): Promise<ApiKey | undefined>;
  insert(key: ApiKey): Promise<void>;
  revoke(id: Id<'apiKey'>, at: Date): Promise<void>;
}

export interface PlatformKeyTx {
  platformKeys: PlatformKeyRepository;
  audit: AuditLog;
}

interface IssueDeps {
  clock: Clock;
  ids: IdSource;
  secrets: SecretSource;
  unitOfWork: UnitOfWork<Pick<OrganizationTx, 'organizations' | 'apiKeys' | 'audit'>>;
  platformUnitOfWork: PlatformUnitOfWork<PlatformKeyTx>;
}

type Staff = Extract<Actor, { kind: 'staff' }>;

export interface IssueApiKeyRequest {
  actor: Staff;
  /** null = a platform key. */
  organizationId: OrganizationId | null;
  name: string;
  scopes: readonly ApiKeyScope[];
  expiresAt: Date | null;
}

/** Staff make a key for the platform's back end, or for one organization. The secret is in this answer alone. */
export async function issueApiKey(
  deps: IssueDeps,
  { actor, organizationId, name, scopes, expiresAt }: IssueApiKeyRequest,
): Promise<{ key: string; row: ApiKey }> {
  authorize(actor, { staff: 'super_admin' });
  const minted = mintApiKey(deps, {
    organizationId,
    name,
    scopes: [...new Set(scopes)],
    createdBy: actor.userId,
    expiresAt,
  });
  const { row } = minted;
  const entry = {
    organizationId,
    actor,
    action: 'api_key.created',
    target: { kind: 'api_key', id: row.id },
    after: { name, scopes: row.scopes, prefix: row.prefix },
  };
  if (organizationId === null) {
    await deps.platformUnitOfWork.run(async (tx) => {
      await tx.platformKeys.insert(row);
      await tx.audit.append(entry);
    });
    return minted;
  }
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.find(organizationId);
    if (organization === undefined) throw notFound('organization');
    if (organization.status === 'closed') throw organizationClosed();
    await tx.apiKeys.insert(row);
    await tx.audit.append(entry);
  });
  return minted;
}

/** Ends a platform key at once. Repeating it changes nothing. */
export async function revokePlatformKey(
  deps: Pick<IssueDeps, 'clock' | 'platformUnitOfWork'>,
  { actor, keyId }: { actor: Staff; keyId: Id<'apiKey'> },
): Promise<ApiKey> {
  authorize(actor, { staff: 'super_admin' });
  return deps.platformUnitOfWork.run(async (tx) => {
    const key = await tx.platformKeys.find(keyId);
    if (key === undefined) throw notFound('key');
    if (key.revokedAt !== null) return key;
    const revokedAt = deps.clock.now();
    await tx.platformKeys.revoke(keyId, revokedAt);
    await tx.audit.append({
      organizationId: null,
      actor,
      action: 'api_key.revoked',
      target: { kind: 'api_key', id: keyId },
      before: { name: key.name, scopes: key.scopes },
    });
    return { ...key, revokedAt };
  });
}
