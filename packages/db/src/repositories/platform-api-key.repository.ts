import type { PlatformKeyRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromApiKeyRow, toApiKeyRow } from './api-key.repository.ts';

/** Keys without an organization; for the platform's transaction. */
export function createPlatformKeyRepository(tx: PrismaTransaction): PlatformKeyRepository {
  return {
    async list() {
      const rows = await tx.apiKey.findMany({
        where: { organizationId: null },
        orderBy: { createdAt: 'desc' },
        take: 200,
      });
      return rows.map(fromApiKeyRow);
    },
    async find(id) {
      const row = await tx.apiKey.findFirst({ where: { organizationId: null, id } });
      return row === null ? undefined : fromApiKeyRow(row);
    },
    async insert(key) {
      await tx.apiKey.create({ data: toApiKeyRow(key) });
    },
    async revoke(id, revokedAt) {
      await tx.apiKey.updateMany({ where: { organizationId: null, id }, data: { revokedAt } });
    },
  };
}
