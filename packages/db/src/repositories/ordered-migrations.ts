import type { OrderedMigrations } from '@metergate/core/payments/migrate/migrate.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** The outbox keeps its messages, delivered or not. */
export function createOrderedMigrations(tx: PrismaTransaction): OrderedMigrations {
  return {
    async isOrdered(organizationId, key) {
      const rows = await tx.$queryRaw<unknown[]>`
        select 1 from outbox where organization_id = ${organizationId}::uuid and idempotency_key = ${key}`;
      return rows.length > 0;
    },
  };
}
