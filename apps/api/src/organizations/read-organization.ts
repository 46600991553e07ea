import { notFound, type OrganizationId, toOrganizationView } from '@metergate/core';
import type { OrganizationView } from '@metergate/core/organizations/organizations.schemas';
import type { Container } from '../container.ts';

export async function readOrganization(
  { unitOfWork }: Pick<Container, 'unitOfWork'>,
  organizationId: OrganizationId,
): Promise<OrganizationView> {
  const found = await unitOfWork.run(organizationId, (tx) => tx.organizations.find(organizationId));
  if (found === undefined) throw notFound('organization');
  return toOrganizationView(found);
}
