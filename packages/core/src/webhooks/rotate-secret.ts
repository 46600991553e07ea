import { type EndpointRequest, requireEndpoint } from './change-endpoint.ts';
import type { WebhookDeps } from './create-endpoint.ts';
import { auditChainOf, authorizeOwner } from './webhook-owner.ts';
import type { WebhookEndpoint } from './webhooks.ports.ts';

const overlapMs = 24 * 3_600_000;

/**
 * Gives the endpoint a new secret, which is in this answer and nowhere else. For 24 hours the old one signs beside it;
 * the one before that stops at once.
 */
export async function rotateSecret(
  deps: WebhookDeps,
  request: EndpointRequest,
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const { actor, owner, endpointId } = request;
  authorizeOwner(actor, owner);
  const secret = deps.secrets.create();
  const endpoint = await deps.unitOfWork.run(owner, async (tx) => {
    const before = await requireEndpoint(tx, request);
    const until = new Date(deps.clock.now().getTime() + overlapMs);
    const after = {
      ...before,
      secretCipher: deps.secrets.seal(secret),
      previousSecret: { cipher: before.secretCipher, until },
    };
    await tx.webhookEndpoints.update(after);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor,
      action: 'webhook_endpoint.secret_rotated',
      target: { kind: 'webhook_endpoint', id: endpointId },
      after: { previousUntil: until.toISOString() },
    });
    return after;
  });
  return { endpoint, secret };
}
