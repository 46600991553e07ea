import {
  type Actor,
  changeEndpoint,
  createEndpoint,
  type Id,
  notFound,
  removeEndpoint,
  requirePublicId,
  resendDelivery,
  resendUndelivered,
  rotateSecret,
  sendTestMessage,
  toDeliveryView,
  toEndpointView,
  type WebhookOwner,
} from '@metergate/core';
import type {
  ChangeEndpointInput,
  CreateEndpointInput,
  DeliveryView,
  EndpointView,
} from '@metergate/core/webhooks/webhooks.schemas';
import type { Container } from '../container.ts';
import { webhookDeps } from './webhook-deps.ts';

/**
 * The commands and readings of endpoints in the form of the typed API. Both routers use them: that of an organization,
 * and that of the platform, whose owner is the platform itself.
 */
export function webhookCalls(container: Container, { actor, owner }: { actor: Actor; owner: WebhookOwner }) {
  const deps = webhookDeps(container);
  const view = (endpoint: Parameters<typeof toEndpointView>[0]) =>
    toEndpointView(endpoint, container.clock.now());
  const named = (endpointId: string) => ({
    actor,
    owner,
    endpointId: requirePublicId('webhookEndpoint', endpointId),
  });
  const deliveryId = (id: string): Id<'webhookDelivery'> => requirePublicId('webhookDelivery', id);
  return {
    async create(input: CreateEndpointInput): Promise<{ endpoint: EndpointView; secret: string }> {
      const { endpoint, secret } = await createEndpoint(deps, { actor, owner, input });
      return { endpoint: view(endpoint), secret };
    },
    async change(endpointId: string, input: ChangeEndpointInput): Promise<EndpointView> {
      return view(await changeEndpoint(deps, { ...named(endpointId), input }));
    },
    async rotate(endpointId: string): Promise<{ endpoint: EndpointView; secret: string }> {
      const { endpoint, secret } = await rotateSecret(deps, named(endpointId));
      return { endpoint: view(endpoint), secret };
    },
    async remove(endpointId: string): Promise<{ endpointId: string }> {
      await removeEndpoint(deps, named(endpointId));
      return { endpointId };
    },
    async test(endpointId: string): Promise<DeliveryView> {
      const sent = await sendTestMessage(deps, named(endpointId));
      container.wake();
      return toDeliveryView(await requireDelivery(container, owner, sent.deliveryId));
    },
    async resend(id: string): Promise<DeliveryView> {
      const delivery = await resendDelivery(deps, { actor, owner, deliveryId: deliveryId(id) });
      container.wake();
      return toDeliveryView(delivery);
    },
    async resendUndelivered(endpointId: string, since: Date): Promise<{ count: number }> {
      const count = await resendUndelivered(deps, { ...named(endpointId), since });
      container.wake();
      return { count };
    },
  };
}

async function requireDelivery(container: Container, owner: WebhookOwner, id: Id<'webhookDelivery'>) {
  const { unitOfWork } = webhookDeps(container);
  const delivery = await unitOfWork.run(owner, (tx) => tx.webhookDeliveries.find(owner, id));
  if (delivery === undefined) throw notFound('webhook delivery');
  return delivery;
}
