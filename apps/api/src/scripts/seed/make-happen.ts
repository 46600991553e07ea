import {
  type Actor,
  archiveClient,
  assertNever,
  createClient,
  createOrganization,
  notFound,
  type OrganizationId,
} from '@metergate/core';
import { consumeLimit } from '@metergate/core/limits/consume-limit';
import { setGauge } from '@metergate/core/limits/set-gauge';
import { acceptQuote } from '@metergate/core/payments/change/accept-quote';
import { cancelSubscription } from '@metergate/core/payments/change/end-subscription';
import { quoteChange } from '@metergate/core/payments/change/quote-change';
import { attachPaymentMethod } from '@metergate/core/payments/methods/payment-methods';
import { createSubscription } from '@metergate/core/payments/purchase/create-subscription';
import { purchaseDeps } from '../../billing/purchase-deps.ts';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import type { DemoWorld, Tenant } from './demo-world.ts';
import { sellUnknownPrice } from './sell-unknown-price.ts';
import type { DemoOrganization, Happening } from './story.ts';
import { useUp } from './use-up.ts';

export async function joinDemo(world: DemoWorld, plot: DemoOrganization): Promise<void> {
  const { container, owners, organizations } = world;
  const person = owners.get(plot.owner);
  if (person === undefined) throw new Error(`nobody signs in as ${plot.owner}`);
  const { organization } = await createOrganization(organizationDeps(container), {
    owner: person,
    input: {
      name: plot.name,
      externalId: plot.key,
      email: `billing@${plot.key}.test`,
      currency: plot.currency,
      timeZone: plot.timeZone,
    },
  });
  const organizationId = organization.id;
  const owner: Tenant['owner'] = { kind: 'member', ...person, organizationId, role: 'owner' };
  organizations.set(plot.key, { organizationId, plot, owner, clients: new Map() });
}

/** Does one thing of a story, as the owner of the organization, at the present moment of the clock. */
export async function makeHappen(world: DemoWorld, tenant: Tenant, happening: Happening): Promise<void> {
  const { container } = world;
  const { organizationId, owner: actor } = tenant;
  const deps = purchaseDeps(container);
  switch (happening.kind) {
    case 'subscribe': {
      const { kind: _kind, card, ...wish } = happening;
      const input = card === undefined ? wish : { ...wish, paymentMethod: card };
      await createSubscription(deps, { actor, organizationId, input });
      return;
    }
    case 'add_clients':
      for (const name of happening.names) await addClient(world, tenant, name);
      return;
    case 'archive_client':
      return archive(world, tenant, happening.name);
    case 'use_card':
      await attachPaymentMethod(deps, { actor, organizationId, stripePaymentMethodId: happening.card });
      return;
    case 'change': {
      const { kind: _kind, ...wish } = happening;
      const quote = await quoteChange(deps, { actor, organizationId, wish });
      await acceptQuote(deps, { actor, organizationId, quoteId: quote.id });
      return;
    }
    case 'cancel':
      return cancel(world, { actor, organizationId }, happening);
    case 'report_level': {
      const { feature, value } = happening;
      await setGauge(container.metering.limits, { organizationId, input: { feature, value } });
      return;
    }
    case 'use_up':
      return useUp(world, tenant, happening);
    case 'ask_beyond': {
      const { feature, quantity } = happening;
      await consumeLimit(container.metering.limits, { organizationId, input: { feature, quantity } });
      return;
    }
    case 'sell_unknown_price':
      return sellUnknownPrice(world, tenant);
    default:
      return assertNever(happening);
  }
}

async function addClient({ container }: DemoWorld, tenant: Tenant, name: string): Promise<void> {
  const { organizationId, owner: actor, clients } = tenant;
  const externalId = name.toLowerCase().replaceAll(' ', '-');
  await createClient(organizationDeps(container), { actor, organizationId, name, externalId });
  clients.set(externalId, name);
}

async function archive({ container }: DemoWorld, tenant: Tenant, name: string): Promise<void> {
  const { organizationId, owner: actor, clients } = tenant;
  const externalId = name.toLowerCase().replaceAll(' ', '-');
  const client = await container.unitOfWork.run(organizationId, (tx) =>
    tx.clients.findByExternalId(organizationId, externalId),
  );
  if (client === undefined) throw notFound('client');
  await archiveClient(organizationDeps(container), { actor, organizationId, clientId: client.id });
  clients.delete(externalId);
}

async function cancel(
  { container }: DemoWorld,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
  { family, at, reason }: Extract<Happening, { kind: 'cancel' }>,
): Promise<void> {
  const current = await container.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findCurrent(organizationId, family),
  );
  if (current === null) throw notFound('subscription');
  const request = { actor, organizationId, subscriptionId: current.id, at, reason };
  await cancelSubscription(purchaseDeps(container), request);
}
