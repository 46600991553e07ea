import type { Actor } from '@metergate/core';
import { syncQuantities } from '@metergate/core/payments/change/sync-quantities';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import type { OutboxHandler } from '../jobs/outbox-handlers.ts';

const actor: Actor = { kind: 'job', name: 'sync-quantities' };

/**
 * Sends counted quantities. Repeatable without harm: it compares what is counted now with what Stripe has, and a
 * second delivery finds nothing to change.
 */
export function createQuantityHandler(deps: PurchaseDeps): OutboxHandler {
  return {
    isRepeatable: true,
    async send({ organizationId }) {
      await syncQuantities(deps, { actor, organizationId });
      return {};
    },
  };
}
