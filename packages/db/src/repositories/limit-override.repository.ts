import { asId, type LimitOverrideRepository, parseQuantity } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createLimitOverrideRepository(tx: PrismaTransaction): LimitOverrideRepository {
  return {
    async listOpen(organizationId, feature) {
      const rows = await tx.limitOverride.findMany({
        where: { organizationId, feature, endedAt: null, unitPrice: null },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ id, limitQuantity, reason, createdBy, expiresAt, createdAt }) => ({
        id: asId('override', id),
        organizationId,
        feature,
        limit: limitQuantity === null ? null : parseQuantity(limitQuantity.toFixed()),
        reason,
        createdBy,
        expiresAt,
        createdAt,
      }));
    },
    async insert({ limit, ...override }) {
      await tx.limitOverride.create({
        data: { ...override, limitQuantity: limit, unlimited: limit === null },
      });
    },
    async end(organizationId, id, endedAt) {
      await tx.limitOverride.update({
        where: { organizationId_id: { organizationId, id } },
        data: { endedAt },
      });
    },
  };
}
