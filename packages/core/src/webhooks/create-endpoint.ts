import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { asId, type IdSource } from '../shared/ids.ts';
import { checkUrl } from './check-url.ts';
import { auditChainOf, authorizeOwner, type WebhookOwner } from './webhook-owner.ts';
import { webhookEndpointsTooMany } from './webhooks.errors.ts';
import type {
  EndpointAddresses,
  WebhookEndpoint,
  WebhookSecrets,
  WebhookUnitOfWork,
} from './webhooks.ports.ts';
import type { CreateEndpointInput } from './webhooks.schemas.ts';

export interface WebhookDeps {
  clock: Clock;
  ids: IdSource;
  unitOfWork: WebhookUnitOfWork;
  secrets: WebhookSecrets;
  addresses: EndpointAddresses;
}

/** Per owner. Every message is copied to every endpoint, so the number has to end somewhere. */
export const endpointsMax = 10;

/**
 * Adds an endpoint. The secret is in this answer and nowhere else.
 * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_NOT_PUBLIC, WEBHOOK_ENDPOINTS_TOO_MANY
 */
export async function createEndpoint(
  deps: WebhookDeps,
  request: { actor: Actor; owner: WebhookOwner; input: CreateEndpointInput },
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const { actor, owner, input } = request;
  authorizeOwner(actor, owner);
  const url = await checkUrl(deps.addresses, input.url);
  const secret = deps.secrets.create();
  const endpoint: WebhookEndpoint = {
    id: asId('webhookEndpoint', deps.ids.next()),
    owner,
    url,
    description: input.description,
    types: [...new Set(input.types)],
    secretCipher: deps.secrets.seal(secret),
    previousSecret: null,
    disabled: null,
    failingSince: null,
    createdAt: deps.clock.now(),
  };
  await deps.unitOfWork.run(owner, async (tx) => {
    const known = await tx.webhookEndpoints.list(owner);
    if (known.length >= endpointsMax) throw webhookEndpointsTooMany(endpointsMax);
    await tx.webhookEndpoints.insert(endpoint);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_endpoint.created',
      target: { kind: 'webhook_endpoint', id: endpoint.id },
      after: { url, types: endpoint.types },
    });
  });
  return { endpoint, secret };
}
