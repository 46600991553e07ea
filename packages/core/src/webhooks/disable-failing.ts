import type { Clock } from '../shared/clock.ts';
import { escapeHtml } from '../shared/escape-html.ts';
import type { Id } from '../shared/ids.ts';
import { isGivenUp } from './retry-schedule.ts';
import { auditChainOf, type WebhookOwner } from './webhook-owner.ts';
import type { WebhookEndpoint, WebhookUnitOfWork } from './webhooks.ports.ts';

export interface DisableFailingDeps {
  clock: Clock;
  unitOfWork: WebhookUnitOfWork;
  /** Addresses that are told: the organization's, or those of the platform's super admins. */
  recipientsOf: (owner: WebhookOwner) => Promise<readonly string[]>;
}

/**
 * Disables an endpoint that has taken nothing for three days, with one mail in the same transaction. Safe to repeat;
 * false when it works again meanwhile, is disabled already, or has been removed.
 */
export async function disableFailingEndpoint(
  deps: DisableFailingDeps,
  { owner, endpointId }: { owner: WebhookOwner; endpointId: Id<'webhookEndpoint'> },
): Promise<boolean> {
  const recipients = await deps.recipientsOf(owner);
  return deps.unitOfWork.run(owner, async (tx) => {
    const endpoint = await tx.webhookEndpoints.lock(owner, endpointId);
    const now = deps.clock.now();
    if (endpoint === undefined || endpoint.disabled !== null) return false;
    if (endpoint.failingSince === null || !isGivenUp(endpoint.failingSince, now)) return false;
    await tx.webhookEndpoints.update({ ...endpoint, disabled: { at: now, reason: 'failing' } });
    await tx.webhookDeliveries.giveUpPending(endpoint);
    await tx.audit.append({
      organizationId: auditChainOf(owner),
      actor: { kind: 'job', name: 'deliver-webhooks' },
      action: 'webhook_endpoint.disabled',
      target: { kind: 'webhook_endpoint', id: endpointId },
      reason: `nothing was taken since ${endpoint.failingSince.toISOString()}`,
    });
    for (const to of recipients) {
      await tx.mail.add({
        organizationId: auditChainOf(owner),
        to,
        template: 'webhook_disabled',
        ...disabledMail(endpoint),
        dedupeKey: `webhook_disabled:${endpointId}:${endpoint.failingSince.toISOString()}:${to}`,
        createdAt: now,
      });
    }
    return true;
  });
}

function disabledMail({ url }: WebhookEndpoint): { subject: string; text: string; html: string } {
  const host = new URL(url).host;
  const text =
    `Nothing could be delivered to ${url} for three days, so it is disabled and nothing is sent there any more. ` +
    'When it works again, enable it under Settings, Webhooks, and send what it missed with one button.';
  return { subject: `Webhook endpoint at ${host} is disabled`, text, html: `<p>${escapeHtml(text)}</p>` };
}
