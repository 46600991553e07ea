import type { CostDayRepository } from '@metergate/core/payments/cost-days/cost-days.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const dateLength = '2026-11-22'.length;

export function createCostDayRepository(tx: PrismaTransaction): CostDayRepository {
  return {
    async lastEnd(organizationId) {
      const row = await tx.costDay.findFirst({ where: { organizationId }, orderBy: { endedAt: 'desc' } });
      return row?.endedAt ?? null;
    },
    async list(organizationId, { after, until }) {
      const rows = await tx.costDay.findMany({
        where: { organizationId, endedAt: { gt: after, lte: until } },
        orderBy: [{ endedAt: 'asc' }, { currency: 'asc' }],
      });
      return rows.map(({ organizationId: _, day, ...row }) => ({
        ...row,
        day: day.toISOString().slice(0, dateLength),
      }));
    },
    async insert(organizationId, days) {
      const data = days.map(({ day, ...row }) => ({ ...row, day: new Date(day), organizationId }));
      const { count } = await tx.costDay.createMany({ data, skipDuplicates: true });
      return count;
    },
  };
}
