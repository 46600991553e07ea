import type { FlagOverrideRepository, FlagRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromFlagOverrideRow, fromFlagRow, toFlagRow } from './flag.mapping.ts';
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

/** For an organization's transaction; flags themselves can only be read there. */
export function createFlagOverrideRepository(tx: PrismaTransaction): FlagOverrideRepository {
  return {
    async findFlag(key) {
      const row = await tx.flag.findUnique({ where: { key } });
      return row === null ? undefined : fromFlagRow(row);
    },
    async find(organizationId, flagKey) {
      const row = await tx.flagOverride.findUnique({
        where: { organizationId_flagKey: { organizationId, flagKey } },
      });
      return row === null ? undefined : fromFlagOverrideRow(row);
    },
    async put({ organizationId, flagKey, value, ...columns }) {
      const data = { ...columns, value: toJson(value) };
      await tx.flagOverride.upsert({
        where: { organizationId_flagKey: { organizationId, flagKey } },
        create: { organizationId, flagKey, ...data },
        update: data,
      });
    },
    async remove(organizationId, flagKey) {
      await tx.flagOverride.deleteMany({ where: { organizationId, flagKey } });
    },
  };
}
