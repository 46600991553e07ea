import { notFound, type Organization } from '@metergate/core';
import { createOrganizationDirectory } from '@metergate/db';
import type { Container } from '../container.ts';

/** The organization that staff name by slug, public id or external id. @throws NOT_FOUND */
export async function requireOrganization(
  { database }: Pick<Container, 'database'>,
  reference: string,
): Promise<Organization> {
  const found = await createOrganizationDirectory(database.prisma.platform).findByReference(reference);
  if (found === undefined) throw notFound('organization');
  return found;
}
