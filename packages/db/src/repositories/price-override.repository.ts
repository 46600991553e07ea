import { asId } from '@metergate/core';
import type { PriceOverrideRepository } from '@metergate/core/admin/override-price';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** Own prices are rows of the same table as own limits; what a row does not set is inherited. */
export function createPriceOverrideRepository(tx: PrismaTransaction): PriceOverrideRepository {
  return {
    async listOpen(organizationId) {
      const rows = await tx.limitOverride.findMany({
        where: { organizationId, endedAt: null, unitPrice: { not: null } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ id, feature, unitPrice, reason, createdBy, expiresAt, createdAt }) => ({
        id: asId('override', id),
        organizationId,
        feature,
        unitPrice: unitPrice ?? '0',
        reason,
        createdBy,
        expiresAt,
        createdAt,
      }));
    },
    async insert(override) {
      await tx.limitOverride.create({ data: override });
    },
    async end(organizationId, id, endedAt) {
      await tx.limitOverride.update({
        where: { organizationId_id: { organizationId, id } },
        data: { endedAt },
      });
    },
  };
}
