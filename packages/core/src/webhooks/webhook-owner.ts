import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import { asId, type OrganizationId } from '../shared/ids.ts';

/** Whom an endpoint belongs to: an organization, or the platform itself. */
export type WebhookOwner = OrganizationId;

/** The platform, which hears about every organization. */
export const platformOwner: WebhookOwner = asId('organization', '00000000-0000-0000-0000-000000000000');

/** Where the change of an endpoint is recorded; null = the platform's own chain. */
export function auditChainOf(owner: WebhookOwner): OrganizationId | null {
  return owner === platformOwner ? null : owner;
}

/**
 * Owners and admins manage the endpoints of their organization, super admins those of the platform. No API key may:
 * a leaked key must not be able to send an organization's facts elsewhere.
 */
export function authorizeOwner(actor: Actor, owner: WebhookOwner): void {
  authorize(actor, owner === platformOwner ? { staff: 'super_admin' } : { members: ['owner', 'admin'] });
}
