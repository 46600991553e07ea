import { asId } from '@metergate/core';
import type { SubscriptionTermsRepository } from '@metergate/core/subscriptions/terms/subscription-terms';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createSubscriptionTermsRepository(tx: PrismaTransaction): SubscriptionTermsRepository {
  return {
    async list(organizationId, subscriptionId) {
      const rows = await tx.subscriptionTerms.findMany({
        where: { organizationId, subscriptionId },
        orderBy: { effectiveAt: 'asc' },
      });
      return rows.map(({ organizationId: _, recordedAt: _at, ...row }) => ({
        ...row,
        subscriptionId: asId('subscription', row.subscriptionId),
      }));
    },
    async save(organizationId, terms) {
      const data = { ...terms, organizationId };
      const { subscriptionId, effectiveAt } = terms;
      const where = {
        organizationId_subscriptionId_effectiveAt: { organizationId, subscriptionId, effectiveAt },
      };
      await tx.subscriptionTerms.upsert({ where, create: data, update: data });
    },
  };
}
