import type { OrganizationId } from '../../shared/ids.ts';
import type { OutboxMessage } from '../../shared/unit-of-work.ts';

/** Outbox kind: bring the quantities of an organization's subscriptions at Stripe in line with its counts. */
export const syncQuantitiesKind = 'stripe.subscription.sync_quantities';

/** @param fact What changed the count, for example `<client id>:created`; the same fact is one message. */
export function clientCountChanged(organizationId: OrganizationId, fact: string): OutboxMessage {
  return {
    organizationId,
    kind: syncQuantitiesKind,
    payload: { reason: fact },
    idempotencyKey: `quantities:${fact}`,
  };
}
