import type { InboundEventReplays } from '@metergate/core/admin/inbound-events.ports';
import type { InboundMarks } from '@metergate/core/payments/mirror.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { toJson } from './invoice.mapping.ts';

/** The mark commits with the effect; a row whose lease somebody else took meanwhile is left alone. */
export function createInboundMarks(tx: PrismaTransaction): InboundMarks {
  return {
    async markProcessed(organizationId, { id, leasedBy, at, effect }) {
      const { count } = await tx.inboundEvent.updateMany({
        where: { id, organizationId, status: 'processing', leasedBy },
        data: {
          status: 'processed',
          processedAt: at,
          effect: toJson(effect),
          leaseUntil: null,
          leasedBy: null,
          lastError: null,
        },
      });
      return count === 1;
    },
  };
}

/** For the platform's transaction: staff put a finished event back. */
export function createInboundReplays(tx: PrismaTransaction): InboundEventReplays {
  return {
    async requeue(id) {
      const { count } = await tx.inboundEvent.updateMany({
        where: { id, status: { in: ['processed', 'failed', 'ignored', 'dead', 'parked'] } },
        data: { status: 'received', attempts: 0, lastError: null, leaseUntil: null, leasedBy: null },
      });
      return count === 1;
    },
  };
}
