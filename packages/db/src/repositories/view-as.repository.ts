import { asId } from '@metergate/core';
import type { ViewAsRepository } from '@metergate/core/admin/view-as/view-as.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createViewAsRepository(tx: PrismaTransaction): ViewAsRepository {
  return {
    async insert(session) {
      await tx.viewAsSession.create({ data: session });
    },
    async endRunning(organizationId, staffUserId, at) {
      const rows = await tx.viewAsSession.updateManyAndReturn({
        where: { organizationId, staffUserId, endedAt: null, expiresAt: { gt: at } },
        data: { endedAt: at },
      });
      return rows.map((row) => ({
        ...row,
        id: asId('viewAs', row.id),
        organizationId: asId('organization', row.organizationId),
      }));
    },
  };
}
