import { createOrganizationDirectory } from '@metergate/db';
import type { Container } from '../container.ts';

/** What the use-cases about organizations, members, clients and keys take. */
export function organizationDeps(container: Container) {
  const { clock, ids, secrets, publicUrl, unitOfWork } = container;
  const directory = createOrganizationDirectory(container.database.prisma.platform);
  return { clock, ids, secrets, publicUrl, unitOfWork, directory };
}
