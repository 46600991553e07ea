import { type ApiKey, type ApiKeyRepository, asId } from '@metergate/core';
import { apiKeyScopeSchema } from '@metergate/core/organizations/organizations.schemas';
import type { ApiKey as ApiKeyRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createApiKeyRepository(tx: PrismaTransaction): ApiKeyRepository {
  return {
    async list(organizationId) {
      const rows = await tx.apiKey.findMany({
        where: { organizationId },
        orderBy: { createdAt: 'desc' },
        take: 200,
      });
      return rows.map(fromApiKeyRow);
    },
    async find(organizationId, id) {
      const row = await tx.apiKey.findFirst({ where: { organizationId, id } });
      return row === null ? undefined : fromApiKeyRow(row);
    },
    async insert(key) {
      await tx.apiKey.create({ data: toApiKeyRow(key) });
    },
    async revoke(organizationId, id, revokedAt) {
      await tx.apiKey.updateMany({ where: { organizationId, id }, data: { revokedAt } });
    },
    async revokeMadeBy(organizationId, createdBy, revokedAt) {
      const where = { organizationId, createdBy, revokedAt: null };
      const { count } = await tx.apiKey.updateMany({ where, data: { revokedAt } });
      return count;
    },
  };
}

export function fromApiKeyRow(row: ApiKeyRow): ApiKey {
  const { keyPrefix, ...columns } = row;
  return {
    ...columns,
    id: asId('apiKey', row.id),
    organizationId: row.organizationId === null ? null : asId('organization', row.organizationId),
    prefix: keyPrefix,
    // A scope that no longer exists gives no right.
    scopes: row.scopes.flatMap((scope) => apiKeyScopeSchema.safeParse(scope).data ?? []),
  };
}

export function toApiKeyRow({ prefix, keyHash, ...key }: ApiKey) {
  return { ...key, keyPrefix: prefix, keyHash: Buffer.from(keyHash) };
}
