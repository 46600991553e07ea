import type { UsageReopenings } from '@metergate/core/usage/usage-reopenings.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createUsageReopeningRepository(tx: PrismaTransaction): UsageReopenings {
  return {
    async note(organizationId, { occurredFrom, notedAt }) {
      await tx.$executeRaw`
        insert into usage_reopenings (organization_id, id, occurred_from, noted_at)
        values (${organizationId}::uuid, gen_random_uuid(), ${occurredFrom}, ${notedAt})`;
    },
    async noteEvent(organizationId, { eventId, notedAt }) {
      await tx.$executeRaw`
        insert into usage_reopenings (organization_id, id, occurred_from, noted_at)
        select organization_id, gen_random_uuid(), occurred_at, ${notedAt}
          from usage_events where organization_id = ${organizationId}::uuid and id = ${eventId}`;
    },
    async findOpen(organizationId) {
      const { _min } = await tx.usageReopening.aggregate({
        where: { organizationId, settledAt: null },
        _min: { occurredFrom: true },
      });
      return _min.occurredFrom;
    },
    async settle(organizationId, { notedBefore, at }) {
      await tx.usageReopening.updateMany({
        where: { organizationId, settledAt: null, notedAt: { lt: notedBefore } },
        data: { settledAt: at },
      });
    },
  };
}
