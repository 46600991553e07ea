import type { UsageLooks } from '@metergate/core/payments/bill-usage/usage-looks.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createUsageLooks(tx: PrismaTransaction): UsageLooks {
  return {
    async begin(organizationId) {
      // The cues first: what changes after them is seen by this look or has left a cue that it does not delete.
      const cues = await tx.usageBillingCue.findMany({ where: { organizationId }, select: { id: true } });
      const last = await tx.usageBillingLook.findUnique({ where: { organizationId } });
      return {
        number: last?.number ?? 0n,
        lookedAt: last?.lookedAt ?? null,
        closedUntil: last?.closedUntil ?? null,
        cues: cues.map(({ id }) => id),
      };
    },
    async findLookedAt(organizationId) {
      const last = await tx.usageBillingLook.findUnique({ where: { organizationId } });
      return last?.lookedAt ?? null;
    },
    async finish(organizationId, { number, cues, lookedAt, closedUntil, dueAt }) {
      const count = await tx.$executeRaw`
        insert into usage_billing_looks as known (organization_id, number, looked_at, closed_until, due_at)
        values (${organizationId}::uuid, ${number + 1n}, ${lookedAt}, ${closedUntil}, ${dueAt})
        on conflict (organization_id) do update
           set number = excluded.number, looked_at = excluded.looked_at, due_at = excluded.due_at,
               closed_until = greatest(known.closed_until, excluded.closed_until)
         where known.number = ${number}`;
      if (count === 0) return false;
      if (cues.length > 0) {
        await tx.usageBillingCue.deleteMany({ where: { organizationId, id: { in: [...cues] } } });
      }
      return true;
    },
  };
}
