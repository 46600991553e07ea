import type { DeadMessages } from '@metergate/core/admin/outbox/outbox.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** For the platform's transaction: staff settle what was given up. Times of attempts are the database's. */
export function createDeadMessages(tx: PrismaTransaction): DeadMessages {
  return {
    async requeue(id) {
      // Failed, not pending: it was tried, so its outcome may have to be looked up.
      const count = await tx.$executeRaw`
        update outbox set status = 'failed', attempts = 0, round = round + 1, next_attempt_at = now(),
               lease_until = null, leased_by = null
        where id = ${id}::uuid and status = 'dead'`;
      return count === 1;
    },
    async dismiss(id, at) {
      const { count } = await tx.outboxEntry.updateMany({
        where: { id, status: 'dead' },
        data: { status: 'dismissed', doneAt: at },
      });
      return count === 1;
    },
  };
}
