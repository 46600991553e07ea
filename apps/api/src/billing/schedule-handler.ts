import { type Actor, asId } from '@metergate/core';
import { resumeSchedule } from '@metergate/core/payments/change/settle-schedule';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import { z } from 'zod';
import type { OutboxHandler } from '../jobs/outbox-handlers.ts';

const actor: Actor = { kind: 'job', name: 'settle-schedule' };
const payloadSchema = z.object({ quoteId: z.string() });

/** Finishes what an acceptance left half done; after one that ended by itself there is nothing to do. */
export function createScheduleHandler(deps: PurchaseDeps): OutboxHandler {
  return {
    isRepeatable: true,
    async send({ organizationId, payload }) {
      const { quoteId } = payloadSchema.parse(payload);
      await resumeSchedule(deps, { actor, organizationId, quoteId: asId('quote', quoteId) });
      return {};
    },
  };
}
