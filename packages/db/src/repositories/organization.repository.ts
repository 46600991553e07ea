import type { OrganizationRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromOrganizationRow } from './organization.mapping.ts';

export function createOrganizationRepository(tx: PrismaTransaction): OrganizationRepository {
  return {
    async lock(organizationId) {
      await tx.$executeRaw`select 1 from organizations where id = ${organizationId}::uuid for update`;
      return this.find(organizationId);
    },
    async find(organizationId) {
      const row = await tx.organization.findUnique({ where: { id: organizationId } });
      return row === null ? undefined : fromOrganizationRow(row);
    },
    async insert(organization) {
      const { families, ...columns } = organization;
      const data = { ...columns, families: families ?? [], updatedAt: organization.createdAt };
      const { count } = await tx.organization.createMany({ data: [data], skipDuplicates: true });
      return count === 1;
    },
    async update(organizationId, { families, ...changes }) {
      const { autoBuySeatsMax: max } = changes;
      const row = await tx.organization.update({
        where: { id: organizationId },
        data: {
          ...changes,
          ...(families === undefined ? {} : { families: families ?? [] }),
          ...(max === undefined ? {} : { autoBuySeats: max !== null }),
        },
      });
      return fromOrganizationRow(row);
    },
  };
}
