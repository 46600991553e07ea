import { asId, type Client, type ClientRepository } from '@metergate/core';
import { clientStatusSchema } from '@metergate/core/organizations/organizations.schemas';
import type { Client as ClientRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { decodeCursor, encodeCursor, uuidPosition } from '../queries/cursor.ts';

export function createClientRepository(tx: PrismaTransaction): ClientRepository {
  return {
    async list(organizationId, { limit, cursor, q, status }) {
      const after = decodeCursor('clients', cursor, uuidPosition);
      const rows = await tx.client.findMany({
        where: {
          organizationId,
          ...(status === undefined ? {} : { status }),
          ...(q === undefined || q === '' ? {} : { name: { contains: q, mode: 'insensitive' } }),
          ...(after === undefined ? {} : { id: { gt: after } }),
        },
        orderBy: { id: 'asc' },
        take: limit + 1,
      });
      const items = rows.slice(0, limit).map(fromRow);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor('clients', last.id) : null };
    },
    async find(organizationId, clientId) {
      const row = await tx.client.findUnique({
        where: { organizationId_id: { organizationId, id: clientId } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async findByExternalId(organizationId, externalId) {
      const row = await tx.client.findUnique({
        where: { organizationId_externalId: { organizationId, externalId } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async insert(client) {
      await tx.client.create({ data: client });
    },
    async setStatus(organizationId, clientId, { status, archivedAt }) {
      const where = { organizationId_id: { organizationId, id: clientId } };
      await tx.client.update({ where, data: { status, archivedAt } });
    },
    countActive: (organizationId) => tx.client.count({ where: { organizationId, status: 'active' } }),
  };
}

function fromRow(row: ClientRow): Client {
  return {
    ...row,
    id: asId('client', row.id),
    organizationId: asId('organization', row.organizationId),
    status: clientStatusSchema.parse(row.status),
  };
}
