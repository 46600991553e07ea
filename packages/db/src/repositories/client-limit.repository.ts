import { asId, parseQuantity } from '@metergate/core';
import type {
  ClientLimit,
  ClientLimitRepository,
} from '@metergate/core/limits/client-limits/client-limits.ports';
import type { ClientLimit as ClientLimitRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createClientLimitRepository(tx: PrismaTransaction): ClientLimitRepository {
  return {
    async list(organizationId, { clientId, feature, countMax }) {
      const rows = await tx.clientLimit.findMany({
        where: {
          organizationId,
          ...(clientId === undefined ? {} : { clientId }),
          ...(feature === undefined ? {} : { feature }),
        },
        orderBy: [{ clientId: 'asc' }, { feature: 'asc' }],
        take: countMax,
      });
      const clients = await tx.client.findMany({
        where: { organizationId, id: { in: rows.map((row) => row.clientId) } },
        select: { id: true, name: true, externalId: true },
      });
      const byId = new Map(clients.map((client) => [client.id, client]));
      return rows.map((row) => {
        const { name = '', externalId = null } = byId.get(row.clientId) ?? {};
        return { ...fromRow(row), name, externalId };
      });
    },
    async find(organizationId, { clientId, feature }) {
      const row = await tx.clientLimit.findUnique({
        where: { organizationId_clientId_feature: { organizationId, clientId, feature } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async put(organizationId, { clientId, feature, limit, setBy, setAt }) {
      const columns = { limitQuantity: limit, setBy, setAt };
      await tx.clientLimit.upsert({
        where: { organizationId_clientId_feature: { organizationId, clientId, feature } },
        create: { organizationId, clientId, feature, ...columns },
        update: columns,
      });
    },
    async remove(organizationId, { clientId, feature }) {
      await tx.clientLimit.deleteMany({ where: { organizationId, clientId, feature } });
    },
  };
}

function fromRow({ clientId, feature, limitQuantity, setBy, setAt }: ClientLimitRow): ClientLimit {
  return {
    clientId: asId('client', clientId),
    feature,
    limit: parseQuantity(limitQuantity.toFixed()),
    setBy,
    setAt,
  };
}
