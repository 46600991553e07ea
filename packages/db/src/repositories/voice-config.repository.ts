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
    async put(organizationId, { updatedAt, ...config }, updatedBy) {
      const columns = { ...config, updatedBy, ...(updatedAt === null ? {} : { updatedAt }) };
      await tx.voiceConfig.upsert({
        where: { organizationId },
        create: { organizationId, ...columns },
        update: columns,
      });
    },
  };
}
