import type { Client, ClientRepository } from '../../organizations/organizations.ports.ts';
import { fromPublicId, notFound, type OrganizationId } from '../../shared/ids.ts';

/** By our id or by the platform's own. @throws NOT_FOUND */
export async function findClient(
  { clients }: { clients: Pick<ClientRepository, 'find' | 'findByExternalId'> },
  organizationId: OrganizationId,
  reference: string,
): Promise<Client> {
  const id = fromPublicId('client', reference);
  const client =
    id === undefined
      ? await clients.findByExternalId(organizationId, reference)
      : await clients.find(organizationId, id);
  if (client === undefined) throw notFound('client');
  return client;
}
