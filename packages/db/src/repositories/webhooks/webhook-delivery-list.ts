import type { Id, Page, PageQuery, WebhookDelivery, WebhookOwner } from '@metergate/core';
import type { PrismaTransaction } from '../../prisma-transaction.ts';
import { decodeCursor, encodeCursor } from '../../queries/cursor.ts';
import { fromDeliveryRow } from './webhook-delivery.repository.ts';

export interface DeliveryLogEntry {
  attempt: number;
  startedAt: Date;
  durationMs: number;
  responseStatus: number | null;
  error: string | null;
}

/** What was sent, for people; works in the transaction of an organization and in that of the platform. */
export function createWebhookDeliveryList(tx: PrismaTransaction) {
  return {
    /** Newest first. */
    async page(
      organizationId: WebhookOwner,
      endpointId: Id<'webhookEndpoint'>,
      filter: PageQuery & { status?: WebhookDelivery['status'] | undefined },
    ): Promise<Page<WebhookDelivery>> {
      const { limit, cursor, status } = filter;
      const before = decodeCursor('deliveries', cursor, /^\d{1,19}$/);
      const rows = await tx.webhookDelivery.findMany({
        where: {
          organizationId,
          endpointId,
          ...(status === undefined ? {} : { status }),
          ...(before === undefined ? {} : { sequence: { lt: BigInt(before) } }),
        },
        orderBy: { sequence: 'desc' },
        take: limit + 1,
      });
      const last = rows[limit - 1];
      const nextCursor =
        rows.length > limit && last !== undefined ? encodeCursor('deliveries', String(last.sequence)) : null;
      return { items: rows.slice(0, limit).map(fromDeliveryRow), nextCursor };
    },
    /** What is sent, and every attempt, oldest first. */
    async detail({ owner, id, aboutOrganizationId, messageId }: WebhookDelivery): Promise<{
      body: string;
      log: DeliveryLogEntry[];
    }> {
      const message = await tx.webhookMessage.findUnique({
        where: { organizationId_id: { organizationId: aboutOrganizationId, id: messageId } },
        select: { body: true },
      });
      const log = await tx.webhookAttempt.findMany({
        where: { organizationId: owner, deliveryId: id },
        orderBy: { attempt: 'asc' },
        take: 200,
      });
      return { body: message?.body ?? '', log };
    },
  };
}
