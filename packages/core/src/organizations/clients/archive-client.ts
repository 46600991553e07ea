import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { type ClientId, notFound, type OrganizationId } from '../../shared/ids.ts';
import { entitlementsChanged } from '../../shared/outgoing-messages.ts';
import type { Client } from '../organizations.ports.ts';
import { clientCountChanged } from './client-count-message.ts';
import type { ClientDeps } from './create-client.ts';
import { keepClientCount } from './keep-client-count.ts';

/** Ends a client: it is no longer counted or charged, its usage stays readable. Repeating it changes nothing. */
export async function archiveClient(
  deps: ClientDeps,
  request: { actor: Actor; organizationId: OrganizationId; clientId: ClientId },
): Promise<Client> {
  const { actor, organizationId, clientId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'organizations:write', jobs: true });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.organizations.lock(organizationId);
    const client = await tx.clients.find(organizationId, clientId);
    if (client === undefined) throw notFound('client');
    if (client.status === 'archived') return client;
    const archivedAt = deps.clock.now();
    const archived: Client = { ...client, status: 'archived', archivedAt };
    await tx.clients.setStatus(organizationId, clientId, archived);
    await keepClientCount(tx, { organizationId, id: deps.ids.next(), at: archivedAt });
    const fact = `${clientId}:archived:${archivedAt.toISOString()}`;
    await tx.outbox.add(clientCountChanged(organizationId, fact));
    const told = { fact: `client:${fact}`, at: archivedAt, reason: 'clients' };
    await tx.messages.add(entitlementsChanged(organizationId, told));
    await tx.audit.append({
      organizationId,
      actor,
      action: 'client.archived',
      target: { kind: 'client', id: clientId },
      before: { status: client.status },
      after: { status: 'archived' },
    });
    return archived;
  });
}
