import type { UsageReopenings } from '@metergate/core/payments/bill-usage/bill-usage.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createUsageReopeningRepository(tx: PrismaTransaction): UsageReopenings {
  return {
    async note(organizationId, reopening) {
      await tx.usageReopening.create({ data: { ...reopening, organizationId } });
    },
    async findOpen(organizationId) {
      const { _min } = await tx.usageReopening.aggregate({
        where: { organizationId, settledAt: null },
        _min: { occurredFrom: true },
      });
      return _min.occurredFrom;
    },
    async settle(organizationId, { notedBefore, at }) {
      await tx.usageReopening.updateMany({
        where: { organizationId, settledAt: null, notedAt: { lt: notedBefore } },
        data: { settledAt: at },
      });
    },
  };
}
