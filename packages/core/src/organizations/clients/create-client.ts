import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { asId, type IdSource, notFound, type OrganizationId } from '../../shared/ids.ts';
import { entitlementsChanged } from '../../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { clientsWaitForPayment, organizationClosed } from '../organizations.errors.ts';
import type { Client, OrganizationTx } from '../organizations.ports.ts';
import { clientCountChanged } from './client-count-message.ts';
import { keepClientCount } from './keep-client-count.ts';

export interface ClientDeps {
  clock: Clock;
  ids: IdSource;
  unitOfWork: UnitOfWork<
    Pick<
      OrganizationTx,
      'organizations' | 'clients' | 'clientCounts' | 'obligations' | 'audit' | 'outbox' | 'messages'
    >
  >;
}

/**
 * Adds a client. Idempotent by `externalId`; an archived one with that id is counted again. The add-on quantity at Stripe follows through the outbox, so that a
 * bulk of new clients becomes one change and a Stripe outage delays the charge, not the client.
 * @throws CLIENTS_WAIT_FOR_PAYMENT from the restricted stage of a failed payment on (R13).
 */
export async function createClient(
  deps: ClientDeps,
  request: { actor: Actor; organizationId: OrganizationId; name: string; externalId?: string | undefined },
): Promise<Client> {
  const { actor, organizationId, name, externalId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'organizations:write', jobs: true });
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.lock(organizationId);
    if (organization === undefined) throw notFound('organization');
    if (organization.status === 'closed') throw organizationClosed();
    const existing =
      externalId === undefined ? undefined : await tx.clients.findByExternalId(organizationId, externalId);
    if (existing !== undefined && existing.status !== 'archived') return existing;
    if (await tx.obligations.isAccessNarrowed(organizationId)) throw clientsWaitForPayment();
    if (existing !== undefined) {
      return restore(tx, { actor, client: existing, at: deps.clock.now(), changeId: deps.ids.next() });
    }
    const client: Client = {
      id: asId('client', deps.ids.next()),
      organizationId,
      externalId: externalId ?? null,
      name,
      status: 'active',
      createdAt: deps.clock.now(),
      archivedAt: null,
    };
    await tx.clients.insert(client);
    await keepClientCount(tx, { organizationId, id: deps.ids.next(), at: client.createdAt });
    await tx.outbox.add(clientCountChanged(organizationId, `${client.id}:created`));
    const told = { fact: `client:${client.id}:created`, at: client.createdAt, reason: 'clients' };
    await tx.messages.add(entitlementsChanged(organizationId, told));
    await tx.audit.append({
      organizationId,
      actor,
      action: 'client.created',
      target: { kind: 'client', id: client.id },
      after: { name, externalId: client.externalId },
    });
    return client;
  });
}

async function restore(
  tx: Pick<OrganizationTx, 'clients' | 'clientCounts' | 'audit' | 'outbox' | 'messages'>,
  { actor, client, at, changeId }: { actor: Actor; client: Client; at: Date; changeId: string },
): Promise<Client> {
  const { id, organizationId } = client;
  const restored: Client = { ...client, status: 'active', archivedAt: null };
  await tx.clients.setStatus(organizationId, id, restored);
  await keepClientCount(tx, { organizationId, id: changeId, at });
  const fact = `${id}:restored:${at.toISOString()}`;
  await tx.outbox.add(clientCountChanged(organizationId, fact));
  await tx.messages.add(
    entitlementsChanged(organizationId, { fact: `client:${fact}`, at, reason: 'clients' }),
  );
  await tx.audit.append({
    organizationId,
    actor,
    action: 'client.restored',
    target: { kind: 'client', id },
    before: { status: client.status },
    after: { status: 'active' },
  });
  return restored;
}
