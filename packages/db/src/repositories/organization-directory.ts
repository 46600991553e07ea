import { fromPublicId, type OrganizationDirectory } from '@metergate/core';
import type { PrismaClient } from '../generated/client.ts';
import { fromOrganizationRow } from './organization.mapping.ts';

/** Reads across organizations; use `database.prisma.platform`. */
export function createOrganizationDirectory(prisma: PrismaClient): OrganizationDirectory {
  const findOne = async (where: { id: string } | { slug: string } | { externalId: string }) => {
    const row = await prisma.organization.findUnique({ where });
    return row === null ? undefined : fromOrganizationRow(row);
  };
  return {
    async findByReference(reference) {
      const id = fromPublicId('organization', reference);
      if (id !== undefined) return findOne({ id });
      return (await findOne({ slug: reference })) ?? (await findOne({ externalId: reference }));
    },
    findByExternalId: (externalId) => findOne({ externalId }),
  };
}
