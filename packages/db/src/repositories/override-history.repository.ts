import { parseQuantity } from '@metergate/core';
import type { OverrideHistory } from '@metergate/core/rating/segments/dated-override';
import type { LimitOverride } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createOverrideHistory(tx: PrismaTransaction): OverrideHistory {
  return {
    async list(organizationId) {
      const rows = await tx.limitOverride.findMany({
        where: { organizationId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map((row) => ({
        id: row.id,
        feature: row.feature,
        ...limitOf(row),
        ...(row.unitPrice === null ? {} : { unitPrice: row.unitPrice }),
        startsAt: row.createdAt,
        endsAt: earlier(row.expiresAt, row.endedAt),
      }));
    },
  };
}

/** A row may set a price alone: then the limit is inherited. */
function limitOf({ unlimited, limitQuantity }: LimitOverride) {
  if (unlimited) return { limit: { kind: 'unlimited' as const } };
  if (limitQuantity === null) return {};
  return { limit: { kind: 'limited' as const, quantity: parseQuantity(limitQuantity.toFixed()) } };
}

function earlier(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
}
