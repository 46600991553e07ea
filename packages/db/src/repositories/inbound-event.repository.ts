import type { InboundEventReplays } from '@metergate/core/admin/inbound-events.ports';
import type { InboundMarks } from '@metergate/core/payments/mirror.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** The marks commit with the effect; a row whose lease somebody else took meanwhile is left alone. */
export function createInboundMarks(tx: PrismaTransaction): InboundMarks {
  return {
    async markProcessed(organizationId, { events, leasedBy, at }) {
      const marks = JSON.stringify(events);
      const count = await tx.$executeRaw`
        update inbound_events e
        set status = 'processed', processed_at = ${at}, effect = mark.effect, lease_until = null,
            leased_by = null, last_error = null
        from jsonb_to_recordset(${marks}::jsonb) as mark (id uuid, effect jsonb)
        where e.id = mark.id and e.organization_id = ${organizationId}::uuid
          and e.status = 'processing' and e.leased_by = ${leasedBy}`;
      return count === events.length;
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
