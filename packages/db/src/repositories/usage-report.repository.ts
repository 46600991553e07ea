import type { UsageReportRepository } from '@metergate/core/payments/report-usage/report-usage.ports';
import { z } from 'zod';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const statusSchema = z.enum(['pending', 'sent', 'failed', 'withheld']);

export function createUsageReportRepository(tx: PrismaTransaction): UsageReportRepository {
  return {
    async list(organizationId, { meter, span }) {
      const rows = await tx.usageReport.findMany({
        where: { organizationId, meter, bucketStart: { gte: span.start, lt: span.end } },
        // Ids are made in the order of time.
        orderBy: [{ bucketStart: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ organizationId: _, bucketStart, bucketEnd, quantity, status, ...row }) => ({
        ...row,
        hour: { start: bucketStart, end: bucketEnd },
        quantity: quantity.toFixed(),
        status: statusSchema.parse(status),
      }));
    },
    async insert(organizationId, { hour, ...report }) {
      const data = { ...report, organizationId, bucketStart: hour.start, bucketEnd: hour.end };
      await tx.usageReport.create({ data });
    },
    async settle(organizationId, identifier, at) {
      const data = at === null ? { status: 'failed' } : { status: 'sent', sentAt: at };
      await tx.usageReport.updateMany({ where: { organizationId, identifier, status: 'pending' }, data });
    },
  };
}
