import { asId } from '@metergate/core';
import type { RevenueLevelRepository } from '@metergate/core/payments/revenue/revenue-level';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createRevenueLevelRepository(tx: PrismaTransaction): RevenueLevelRepository {
  return {
    async findLatest(organizationId, subscriptionId) {
      const row = await tx.revenueLevel.findFirst({
        where: { organizationId, subscriptionId },
        orderBy: { at: 'desc' },
      });
      if (row === null) return null;
      const { organizationId: _, ...level } = row;
      return { ...level, subscriptionId: asId('subscription', row.subscriptionId) };
    },
    async save(organizationId, level) {
      const { subscriptionId, at } = level;
      const data = { ...level, organizationId };
      const where = { organizationId_subscriptionId_at: { organizationId, subscriptionId, at } };
      await tx.revenueLevel.upsert({ where, create: data, update: data });
    },
  };
}
