import type { LevelRepository } from '@metergate/core/payments/purchase/purchase.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createLevelRepository(tx: PrismaTransaction): LevelRepository {
  return {
    async levels(organizationId) {
      const rows = await tx.gauge.findMany({
        where: { organizationId },
        select: { feature: true, level: true },
      });
      return new Map(rows.map(({ feature, level }) => [feature, level.toFixed()]));
    },
  };
}
