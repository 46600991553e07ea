import { asId } from '@metergate/core';
import type { ExpiringOverrides } from '@metergate/core/admin/end-expired-overrides';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createExpiringOverrides(tx: PrismaTransaction): ExpiringOverrides {
  return {
    async listExpired(organizationId, at) {
      const rows = await tx.limitOverride.findMany({
        where: { organizationId, endedAt: null, expiresAt: { lte: at } },
        orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
      });
      return rows.flatMap(({ id, feature, unitPrice, expiresAt }) => {
        const sets = unitPrice === null ? ('limit' as const) : ('price' as const);
        return expiresAt === null ? [] : [{ id: asId('override', id), feature, sets, expiresAt }];
      });
    },
    async endExpired(organizationId, { id, expiresAt }) {
      const { count } = await tx.limitOverride.updateMany({
        where: { organizationId, id, endedAt: null },
        data: { endedAt: expiresAt },
      });
      return count === 1;
    },
  };
}
