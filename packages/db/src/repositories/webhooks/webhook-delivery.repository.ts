import { asId, testMessageType, type WebhookDelivery, type WebhookDeliveryRepository } from '@metergate/core';
import type { WebhookDelivery as DeliveryRow } from '../../generated/client.ts';
import type { PrismaTransaction } from '../../prisma-transaction.ts';

export function createWebhookDeliveryRepository(tx: PrismaTransaction): WebhookDeliveryRepository {
  return {
    async find(organizationId, id) {
      const row = await tx.webhookDelivery.findUnique({
        where: { organizationId_id: { organizationId, id } },
      });
      return row === null ? undefined : fromDeliveryRow(row);
    },
    async requeue(organizationId, id, at) {
      await tx.webhookDelivery.updateMany({
        where: { organizationId, id },
        data: { status: 'pending', nextAttemptAt: at, firstAttemptedAt: null },
      });
      const delivery = await tx.webhookDelivery.findUnique({
        where: { organizationId_id: { organizationId, id } },
      });
      if (delivery !== null) await endRest(tx, { owner: organizationId, id: delivery.endpointId });
    },
    async requeueUndelivered({ owner, id, types, createdAt }, { since, at }) {
      // Nothing from before the endpoint existed.
      const from = new Date(Math.max(since.getTime(), createdAt.getTime()));
      const failed = await tx.$executeRaw`
        update webhook_deliveries d
           set status = 'pending', next_attempt_at = ${at}, first_attempted_at = null
          from webhook_messages m
         where d.organization_id = ${owner}::uuid and d.endpoint_id = ${id}::uuid and d.status = 'failed'
           and m.organization_id = d.about_organization_id and m.id = d.message_id and m.occurred_at >= ${from}`;
      const missed = await tx.$executeRaw`
        insert into webhook_deliveries (organization_id, id, endpoint_id, about_organization_id, message_id, type,
                                        next_attempt_at, created_at)
        select ${owner}::uuid, gen_random_uuid(), ${id}::uuid, m.organization_id, m.id, m.type, ${at}, ${at}
          from webhook_messages m
         where m.occurred_at >= ${from} and m.body is not null and m.type <> ${testMessageType}
           and (cardinality(${[...types]}::text[]) = 0 or m.type = any(${[...types]}::text[]))
         order by m.sequence
        on conflict (organization_id, endpoint_id, about_organization_id, message_id) do nothing`;
      await endRest(tx, { owner, id });
      return failed + missed;
    },
    async giveUpPending({ owner: organizationId, id: endpointId }) {
      const { count } = await tx.webhookDelivery.updateMany({
        where: { organizationId, endpointId, status: 'pending' },
        data: { status: 'failed', lastError: 'endpoint disabled' },
      });
      return count;
    },
    async insertTest({ owner: organizationId, id: endpointId }, { id: messageId, deliveryId, body, at }) {
      await tx.webhookMessage.create({
        data: {
          organizationId,
          id: messageId,
          type: testMessageType,
          fact: `test:${messageId}`,
          data: {},
          body,
          occurredAt: at,
          createdAt: at,
          fannedOutAt: at,
        },
      });
      await tx.webhookDelivery.create({
        data: {
          organizationId,
          id: deliveryId,
          endpointId,
          aboutOrganizationId: organizationId,
          messageId,
          type: testMessageType,
          nextAttemptAt: at,
          createdAt: at,
        },
      });
      await endRest(tx, { owner: organizationId, id: endpointId });
    },
  };
}

/** Somebody waits for what is sent now. */
async function endRest(
  tx: PrismaTransaction,
  { owner: organizationId, id }: { owner: string; id: string },
): Promise<void> {
  await tx.webhookEndpoint.updateMany({ where: { organizationId, id }, data: { resumeAt: null } });
}

export function fromDeliveryRow(row: DeliveryRow): WebhookDelivery {
  return {
    id: asId('webhookDelivery', row.id),
    owner: asId('organization', row.organizationId),
    endpointId: asId('webhookEndpoint', row.endpointId),
    aboutOrganizationId: asId('organization', row.aboutOrganizationId),
    messageId: asId('webhookMessage', row.messageId),
    type: row.type,
    status: row.status === 'delivered' ? 'delivered' : row.status === 'failed' ? 'failed' : 'pending',
    attempts: row.attempts,
    nextAttemptAt: row.nextAttemptAt,
    responseStatus: row.responseStatus,
    lastError: row.lastError,
    createdAt: row.createdAt,
    deliveredAt: row.deliveredAt,
  };
}
