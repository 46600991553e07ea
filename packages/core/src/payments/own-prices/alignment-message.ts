import type { OrganizationId } from '../../shared/ids.ts';
import type { OutboxMessage } from '../../shared/unit-of-work.ts';

/** Outbox kind: bring the prices of an organization's subscriptions at Stripe in line with what was agreed. */
export const alignPricesKind = 'stripe.subscription.align_prices';

/** @param fact After what prices have to be looked at, for example `<own price>:set`; the same fact is one message. */
export function alignmentAfter(organizationId: OrganizationId, fact: string): OutboxMessage {
  return {
    organizationId,
    kind: alignPricesKind,
    payload: { reason: fact },
    idempotencyKey: `prices:${fact}`,
  };
}
