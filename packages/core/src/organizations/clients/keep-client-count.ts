import type { OrganizationId } from '../../shared/ids.ts';
import type { OrganizationTx } from '../organizations.ports.ts';

/** Writes down how many clients there are from here on; the organization is locked, so that the counts follow each other. */
export async function keepClientCount(
  { clients, clientCounts }: Pick<OrganizationTx, 'clients' | 'clientCounts'>,
  { organizationId, id, at }: { organizationId: OrganizationId; id: string; at: Date },
): Promise<void> {
  const activeClientCount = await clients.countActive(organizationId);
  await clientCounts.append(organizationId, { id, activeClientCount, at });
}
