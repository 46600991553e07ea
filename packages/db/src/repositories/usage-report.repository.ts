import type {
  UsageReportRecord,
  UsageReportRepository,
} from '@metergate/core/payments/report-usage/report-usage.ports';
import { z } from 'zod';
import type { UsageReport } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const statusSchema = z.enum(['pending', 'sent', 'failed', 'withheld', 'refused', 'replaced', 'settled']);

export function createUsageReportRepository(tx: PrismaTransaction): UsageReportRepository {
  return {
    async list(organizationId, { meter, span }) {
      const rows = await tx.usageReport.findMany({
        where: { organizationId, meter, bucketStart: { gte: span.start, lt: span.end } },
        // Ids are made in the order of time.
        orderBy: [{ bucketStart: 'asc' }, { id: 'asc' }],
      });
      return rows.map(toRecord);
    },
    async insert(organizationId, { hour, ...report }) {
      const data = { ...report, organizationId, bucketStart: hour.start, bucketEnd: hour.end };
      await tx.usageReport.create({ data });
    },
    async settle(organizationId, identifier, at) {
      const data = at === null ? { status: 'failed' } : { status: 'sent', sentAt: at };
      await tx.usageReport.updateMany({ where: { organizationId, identifier, status: 'pending' }, data });
    },
    async refuse(organizationId, identifier, { code, at }) {
      const { count } = await tx.usageReport.updateMany({
        where: { organizationId, identifier, refusedAt: null, status: { in: ['pending', 'sent'] } },
        data: { status: 'refused', refusal: code, refusedAt: at },
      });
      return count > 0;
    },
    async find(organizationId, id) {
      const row = await tx.usageReport.findUnique({ where: { organizationId_id: { organizationId, id } } });
      return row === null ? null : toRecord(row);
    },
    async listRefused(organizationId) {
      const rows = await tx.usageReport.findMany({
        where: { organizationId, status: { in: ['refused', 'settled'] } },
        orderBy: [{ bucketStart: 'desc' }, { id: 'desc' }],
        take: 200,
      });
      return rows.map(toRecord);
    },
    async endRefusal(organizationId, id, status) {
      const where = { organizationId, id, status: 'refused' };
      return (await tx.usageReport.updateMany({ where, data: { status } })).count > 0;
    },
  };
}

function toRecord({
  organizationId: _,
  bucketStart,
  bucketEnd,
  quantity,
  status,
  ...row
}: UsageReport): UsageReportRecord {
  return {
    ...row,
    hour: { start: bucketStart, end: bucketEnd },
    quantity: quantity.toFixed(),
    status: statusSchema.parse(status),
  };
}
