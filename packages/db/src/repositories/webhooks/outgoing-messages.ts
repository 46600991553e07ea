import {
  AppError,
  type Clock,
  type IdSource,
  type OrganizationId,
  type OutgoingMessages,
} from '@metergate/core';
import type { PrismaTransaction } from '../../prisma-transaction.ts';

/** Appends to the running transaction; the same fact twice is one message. */
export function createOutgoingMessages(input: {
  tx: PrismaTransaction;
  organizationId: OrganizationId;
  clock: Clock;
  ids: IdSource;
}): OutgoingMessages {
  const { tx, organizationId, clock, ids } = input;
  return {
    async add(message) {
      if (message.organizationId !== organizationId) {
        throw new Error(`message about ${message.organizationId} in a transaction of ${organizationId}`);
      }
      await tx.$executeRaw`
        insert into webhook_messages (organization_id, id, type, fact, data, occurred_at, created_at)
        values (${organizationId}::uuid, ${ids.next()}::uuid, ${message.type}, ${message.fact},
                ${plainJson(message)}::jsonb, ${message.occurredAt}, ${clock.now()})
        on conflict (organization_id, fact) do nothing`;
    },
  };
}

function plainJson({ type, data }: { type: string; data: unknown }): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value !== 'bigint') return value;
    throw new AppError({
      code: 'WEBHOOK_DATA_INVALID',
      kind: 'internal',
      message: `the data of ${type} hold a bigint: write it as digits`,
      userMessage: 'Something went wrong on our side. We have been told; nothing was changed.',
    });
  });
}
