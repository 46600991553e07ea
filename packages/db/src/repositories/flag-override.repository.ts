import type { FlagOverrideRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { fromFlagOverrideRow, fromFlagRow } from './flag.mapping.ts';
import { toJson } from './invoice.mapping.ts';

/** For an organization's transaction; flags themselves can only be read there. */
export function createFlagOverrideRepository(tx: PrismaTransaction): FlagOverrideRepository {
  return {
    async find(organizationId, flagKey) {
      const row = await tx.flag.findUnique({
        where: { key: flagKey },
        include: { overrides: { where: { organizationId } } },
      });
      if (row === null) return undefined;
      const { overrides, ...flag } = row;
      const [override] = overrides;
      return {
        flag: fromFlagRow(flag),
        override: override === undefined ? undefined : fromFlagOverrideRow(override),
      };
    },
    async save({ organizationId, flagKey, value, ...columns }) {
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
