import { asId, type Id, notFound } from '../shared/ids.ts';
import { type EndpointRequest, requireEndpoint } from './change-endpoint.ts';
import type { WebhookDeps } from './create-endpoint.ts';
import { messageBody } from './message-body.ts';
import { testMessageType } from './message-types.ts';
import { auditChainOf, authorizeOwner, platformOwner } from './webhook-owner.ts';
import { webhookEndpointDisabled } from './webhooks.errors.ts';
import type { WebhookDelivery } from './webhooks.ports.ts';

/**
 * Sends one message again under its first id, also one that was taken before.
 * @throws NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED
 */
export async function resendDelivery(
  deps: WebhookDeps,
  request: Omit<EndpointRequest, 'endpointId'> & { deliveryId: Id<'webhookDelivery'> },
): Promise<WebhookDelivery> {
  const { actor, owner, deliveryId } = request;
  authorizeOwner(actor, owner);
  return deps.unitOfWork.run(owner, async (tx) => {
    const delivery = await tx.webhookDeliveries.find(owner, deliveryId);
    if (delivery === undefined) throw notFound('webhook delivery');
    const endpoint = await requireEndpoint(tx, { owner, endpointId: delivery.endpointId });
    if (endpoint.disabled !== null) throw webhookEndpointDisabled();
    const at = deps.clock.now();
    await tx.webhookDeliveries.requeue(owner, deliveryId, at);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_delivery.resent',
      target: { kind: 'webhook_delivery', id: deliveryId },
      before: { status: delivery.status },
    });
    return { ...delivery, status: 'pending', nextAttemptAt: at };
  });
}

/**
 * Sends everything that was not delivered since an instant, but nothing from before the endpoint existed. Repeating it
 * sends nothing twice. Answers how many. @throws NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED
 */
export async function resendUndelivered(
  deps: WebhookDeps,
  request: EndpointRequest & { since: Date },
): Promise<number> {
  const { actor, owner, endpointId, since } = request;
  authorizeOwner(actor, owner);
  return deps.unitOfWork.run(owner, async (tx) => {
    const endpoint = await requireEndpoint(tx, request);
    if (endpoint.disabled !== null) throw webhookEndpointDisabled();
    const span = { since, at: deps.clock.now() };
    const count = await tx.webhookDeliveries.requeueUndelivered(endpoint, span);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_endpoint.undelivered_resent',
      target: { kind: 'webhook_endpoint', id: endpointId },
      after: { since: since.toISOString(), count },
    });
    return count;
  });
}

/** Sends a message of type `webhook.test` to this endpoint alone. @throws NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED */
export async function sendTestMessage(
  deps: WebhookDeps,
  request: EndpointRequest,
): Promise<{ messageId: Id<'webhookMessage'>; deliveryId: Id<'webhookDelivery'> }> {
  const { actor, owner } = request;
  authorizeOwner(actor, owner);
  const id = asId('webhookMessage', deps.ids.next());
  const deliveryId = asId('webhookDelivery', deps.ids.next());
  const at = deps.clock.now();
  const body = messageBody({
    id,
    type: testMessageType,
    occurredAt: at,
    organization: owner === platformOwner ? null : { id: owner, externalId: null },
    data: { text: 'If you can read this and its signature is right, the endpoint works.' },
  });
  await deps.unitOfWork.run(owner, async (tx) => {
    const endpoint = await requireEndpoint(tx, request);
    if (endpoint.disabled !== null) throw webhookEndpointDisabled();
    await tx.webhookDeliveries.insertTest(endpoint, { id, deliveryId, body, at });
  });
  return { messageId: id, deliveryId };
}
