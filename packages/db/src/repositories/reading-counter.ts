import type { ReadingCounter } from '@metergate/core/payments/mirror.ports';
import type { PrismaTransaction } from '../prisma-transaction.ts';

/** One counter for all organizations; a number is never given twice, also not after a rollback. */
export function createReadingCounter(tx: PrismaTransaction): ReadingCounter {
  return {
    async next() {
      const rows = await tx.$queryRaw<{ reading: bigint }[]>`select nextval('stripe_readings') as reading`;
      const [row] = rows;
      if (row === undefined) throw new RangeError('a sequence always answers');
      return row.reading;
    },
  };
}
