import type { VoiceConfigRepository } from '@metergate/core';
import type { PrismaTransaction } from '../prisma-transaction.ts';

export function createVoiceConfigRepository(tx: PrismaTransaction): VoiceConfigRepository {
  return {
    async get(organizationId) {
      const row = await tx.voiceConfig.findUnique({ where: { organizationId } });
      return {
        aiAgentId: row?.aiAgentId ?? null,
        translationEnabled: row?.translationEnabled ?? false,
        translationFrom: row?.translationFrom ?? null,
        translationTo: row?.translationTo ?? null,
        updatedAt: row?.updatedAt ?? null,
      };
    },
    async put(organizationId, { updatedAt, ...config }, { updatedBy, expected }) {
      const columns = { ...config, updatedBy, ...(updatedAt === null ? {} : { updatedAt }) };
      const row = { organizationId, ...columns };
      if (expected === undefined) {
        await tx.voiceConfig.upsert({ where: { organizationId }, create: row, update: columns });
        return true;
      }
      // Both wait for a concurrent writer and then see what it wrote.
      const { count } =
        expected === null
          ? await tx.voiceConfig.createMany({ data: [row], skipDuplicates: true })
          : await tx.voiceConfig.updateMany({
              where: { organizationId, updatedAt: expected },
              data: columns,
            });
      return count === 1;
    },
  };
}
