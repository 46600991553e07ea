import { AppError, type Clock, type IdSource, type OrganizationId, type Outbox } from '@metergate/core';
import type { PrismaTransaction } from './prisma-transaction.ts';

/** Adds messages to the running transaction; the same idempotency key twice is one message. */
export function createOutbox(input: {
  tx: PrismaTransaction;
  organizationId: OrganizationId;
  clock: Clock;
  ids: IdSource;
}): Outbox {
  const { tx, organizationId, clock, ids } = input;
  return {
    async add(message) {
      if (message.organizationId !== organizationId) {
        throw new Error(`outbox message of ${message.organizationId} in a transaction of ${organizationId}`);
      }
      const payload = JSON.stringify(message.payload, (_key, value: unknown) => {
        if (typeof value === 'bigint') throw bigintInPayload(message.kind);
        return value;
      });
      await tx.$executeRaw`
        insert into outbox (organization_id, id, kind, payload, idempotency_key, next_attempt_at, created_at)
        values (${organizationId}::uuid, ${ids.next()}::uuid, ${message.kind}, ${payload}::jsonb,
                ${message.idempotencyKey}, ${clock.now()}, ${clock.now()})
        on conflict (organization_id, idempotency_key) do nothing`;
    },
  };
}

function bigintInPayload(kind: string): AppError {
  return new AppError({
    code: 'OUTBOX_PAYLOAD_INVALID',
    kind: 'internal',
    message: `the payload of ${kind} holds a bigint: write it as a decimal string`,
    userMessage: 'Something went wrong on our side. We have been told; nothing was changed.',
  });
}
