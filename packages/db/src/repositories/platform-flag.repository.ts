import type { FlagRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromFlagRow, toFlagRow } from './flag.mapping.ts';
import { toJson } from './invoice.mapping.ts';

/** For the platform's transaction. */
export function createFlagRepository(tx: PrismaTransaction): FlagRepository {
  return {
    async lock(key) {
      await tx.$executeRaw`select 1 from flags where key = ${key} for update`;
      const row = await tx.flag.findUnique({ where: { key } });
      return row === null ? undefined : fromFlagRow(row);
    },
    async insert(flag) {
      const { count } = await tx.flag.createMany({ data: [toFlagRow(flag)], skipDuplicates: true });
      return count === 1;
    },
    async update(flag) {
      await tx.flag.update({ where: { key: flag.key }, data: toFlagRow(flag) });
    },
    async addHistory(flagKey, { content, actor, ...entry }) {
      await tx.flagHistory.create({
        data: { ...entry, flagKey, content: toJson(content), actor: toJson(actor) },
      });
    },
  };
}
