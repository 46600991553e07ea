import { asId, parseQuantity } from '@metergate/core';
import type { Agreement, AgreementHistory } from '@metergate/core/payments/own-prices/own-prices.ports';
import type { LimitOverride, OwnPrice } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const agreementsMax = 200;

export function createAgreementHistory(tx: PrismaTransaction): AgreementHistory {
  return {
    async list(organizationId) {
      const newest = {
        where: { organizationId },
        orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }],
        take: agreementsMax,
      };
      const exceptions = (await tx.limitOverride.findMany(newest)).map(fromException);
      const prices = (await tx.ownPrice.findMany(newest)).map(fromOwnPrice);
      return [...exceptions, ...prices]
        .toSorted((left, right) => right.createdAt.getTime() - left.createdAt.getTime())
        .slice(0, agreementsMax);
    },
  };
}

function fromException({ id, feature, limitQuantity, unitPrice, ...row }: LimitOverride): Agreement {
  const limit = limitQuantity === null ? null : parseQuantity(limitQuantity.toFixed());
  return {
    ...datesOf(row),
    id: asId('override', id),
    sets: unitPrice === null ? 'limit' : 'usage_price',
    subject: feature,
    value: unitPrice ?? limit,
    currency: null,
  };
}

function fromOwnPrice({ id, family, plan, component, interval, unitPrice, ...row }: OwnPrice): Agreement {
  return {
    ...datesOf(row),
    id: asId('override', id),
    sets: 'own_price',
    subject: `${family}/${plan} ${component} per ${interval}`,
    value: unitPrice,
    currency: row.currency,
  };
}

function datesOf(row: Pick<Agreement, 'reason' | 'createdBy' | 'createdAt' | 'expiresAt' | 'endedAt'>) {
  const { reason, createdBy, createdAt, expiresAt, endedAt } = row;
  return { reason, createdBy, createdAt, expiresAt, endedAt };
}
