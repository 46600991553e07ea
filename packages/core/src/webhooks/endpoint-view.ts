import { toPublicId } from '../shared/ids.ts';
import type { WebhookDelivery, WebhookEndpoint } from './webhooks.ports.ts';
import type { DeliveryView, EndpointView } from './webhooks.schemas.ts';

export function toEndpointView(endpoint: WebhookEndpoint, now: Date): EndpointView {
  const { previousSecret, disabled, failingSince } = endpoint;
  const isRotating = previousSecret !== null && previousSecret.until > now;
  return {
    id: toPublicId('webhookEndpoint', endpoint.id),
    url: endpoint.url,
    description: endpoint.description,
    types: [...endpoint.types],
    state: stateOf(endpoint),
    failingSince: failingSince?.toISOString() ?? null,
    disabledAt: disabled?.at.toISOString() ?? null,
    previousSecretUntil: isRotating ? previousSecret.until.toISOString() : null,
    createdAt: endpoint.createdAt.toISOString(),
  };
}

function stateOf({ disabled, failingSince }: WebhookEndpoint): EndpointView['state'] {
  if (disabled !== null) return disabled.reason === 'failing' ? 'disabled_failing' : 'disabled';
  return failingSince === null ? 'enabled' : 'failing';
}

export function toDeliveryView(delivery: WebhookDelivery): DeliveryView {
  return {
    id: toPublicId('webhookDelivery', delivery.id),
    messageId: toPublicId('webhookMessage', delivery.messageId),
    type: delivery.type,
    status: delivery.status,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.status === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    responseStatus: delivery.responseStatus,
    error: delivery.lastError,
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}
