import type { ObligationRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const ended = ['canceled', 'incomplete_expired'];

export function createObligationRepository(tx: PrismaTransaction): ObligationRepository {
  return {
    liveSubscriptionCount: (organizationId) =>
      tx.subscription.count({ where: { organizationId, status: { notIn: ended } } }),
    openInvoiceCount: (organizationId) =>
      tx.invoice.count({ where: { organizationId, status: { in: ['draft', 'open'] } } }),
    async isAccessNarrowed(organizationId) {
      const narrowed = await tx.subscription.count({
        where: { organizationId, status: { notIn: ended }, access: { not: 'full' } },
      });
      return narrowed > 0;
    },
  };
}
