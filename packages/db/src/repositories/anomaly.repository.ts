import { parseQuantity } from '@metergate/core';
import type { AnomalyRepository } from '@metergate/core/usage/anomalies/anomalies.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createAnomalyRepository(tx: PrismaTransaction): AnomalyRepository {
  return {
    async list(organizationId, since) {
      const rows = await tx.usageAnomaly.findMany({
        where: { organizationId, windowEnd: { gt: since } },
        orderBy: [{ windowEnd: 'desc' }, { meter: 'asc' }],
        take: 100,
      });
      return rows.map(({ organizationId: _, kind, expected, actual, ...row }) => ({
        ...row,
        kind: kind === 'silence' ? 'silence' : 'spike',
        expected: parseQuantity(expected.toFixed()),
        actual: parseQuantity(actual.toFixed()),
      }));
    },
    async insert(organizationId, anomaly) {
      const data = [{ organizationId, ...anomaly }];
      return (await tx.usageAnomaly.createMany({ data, skipDuplicates: true })).count === 1;
    },
  };
}
