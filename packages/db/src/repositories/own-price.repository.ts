import { asId } from '@metergate/core';
import { intervalSchema } from '@metergate/core/catalog/catalog.schemas';
import type { OwnPriceRepository } from '@metergate/core/payments/own-prices/own-prices.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createOwnPriceRepository(tx: PrismaTransaction): OwnPriceRepository {
  return {
    async list(organizationId) {
      const rows = await tx.ownPrice.findMany({
        where: { organizationId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ organizationId: _, id, interval, ...row }) => ({
        ...row,
        id: asId('override', id),
        interval: intervalSchema.parse(interval),
      }));
    },
    async insert(organizationId, own) {
      await tx.ownPrice.create({ data: { ...own, organizationId } });
    },
    async end(organizationId, id, endedAt) {
      const { count } = await tx.ownPrice.updateMany({
        where: { organizationId, id, endedAt: null },
        data: { endedAt },
      });
      return count === 1;
    },
  };
}
