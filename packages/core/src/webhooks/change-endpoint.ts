import type { Actor } from '../shared/actor.ts';
import { type Id, notFound } from '../shared/ids.ts';
import { checkUrl } from './check-url.ts';
import type { WebhookDeps } from './create-endpoint.ts';
import { auditChainOf, authorizeOwner, type WebhookOwner } from './webhook-owner.ts';
import type { WebhookEndpoint, WebhookTx } from './webhooks.ports.ts';
import type { ChangeEndpointInput } from './webhooks.schemas.ts';

export interface EndpointRequest {
  actor: Actor;
  owner: WebhookOwner;
  endpointId: Id<'webhookEndpoint'>;
}

/**
 * Changes address, filter or text, or switches the endpoint on and off. While it is off nothing is kept for it; what
 * was missed can be sent afterwards on request. Enabling forgets its failures.
 * @throws NOT_FOUND, WEBHOOK_URL_INVALID, WEBHOOK_URL_NOT_PUBLIC
 */
export async function changeEndpoint(
  deps: WebhookDeps,
  request: EndpointRequest & { input: ChangeEndpointInput },
): Promise<WebhookEndpoint> {
  const { actor, owner, endpointId, input } = request;
  authorizeOwner(actor, owner);
  const url = input.url === undefined ? undefined : await checkUrl(deps.addresses, input.url);
  return deps.unitOfWork.run(owner, async (tx) => {
    const before = await requireEndpoint(tx, request);
    const after = changed(before, { ...input, url }, deps.clock.now());
    await tx.webhookEndpoints.update(after);
    if (before.disabled === null && after.disabled !== null) await tx.webhookDeliveries.giveUpPending(after);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_endpoint.changed',
      target: { kind: 'webhook_endpoint', id: endpointId },
      before: content(before),
      after: content(after),
    });
    return after;
  });
}

/** Removes an endpoint with its deliveries. Repeating it answers NOT_FOUND. */
export async function removeEndpoint(
  deps: Pick<WebhookDeps, 'unitOfWork'>,
  request: EndpointRequest,
): Promise<void> {
  const { actor, owner, endpointId } = request;
  authorizeOwner(actor, owner);
  await deps.unitOfWork.run(owner, async (tx) => {
    const before = await requireEndpoint(tx, request);
    await tx.webhookEndpoints.remove(owner, endpointId);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_endpoint.removed',
      target: { kind: 'webhook_endpoint', id: endpointId },
      before: content(before),
    });
  });
}

/** Locks it. @throws NOT_FOUND */
export async function requireEndpoint(
  tx: Pick<WebhookTx, 'webhookEndpoints'>,
  { owner, endpointId }: Omit<EndpointRequest, 'actor'>,
): Promise<WebhookEndpoint> {
  const endpoint = await tx.webhookEndpoints.lock(owner, endpointId);
  if (endpoint === undefined) throw notFound('webhook endpoint');
  return endpoint;
}

function changed(before: WebhookEndpoint, input: ChangeEndpointInput, now: Date): WebhookEndpoint {
  const { url = before.url, description = before.description, types = before.types } = input;
  const after = { ...before, url, description, types: [...new Set(types)] };
  if (input.isEnabled === true && before.disabled !== null) {
    return { ...after, disabled: null, failingSince: null };
  }
  if (input.isEnabled === false && before.disabled === null) {
    return { ...after, disabled: { at: now, reason: 'manual' } };
  }
  return after;
}

function content({ url, description, types, disabled }: WebhookEndpoint) {
  return { url, description, types, disabled: disabled?.reason ?? null };
}
