import {
  asId,
  type MessageType,
  messageTypes,
  type WebhookEndpoint,
  type WebhookEndpointRepository,
} from '@metergate/core';
import type { WebhookEndpoint as EndpointRow } from '../../generated/client.ts';
import type { PrismaTransaction } from '../../prisma-transaction.ts';

export function createWebhookEndpointRepository(tx: PrismaTransaction): WebhookEndpointRepository {
  return {
    async list(organizationId) {
      const rows = await tx.webhookEndpoint.findMany({
        where: { organizationId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(fromRow);
    },
    async lock(organizationId, id) {
      await tx.$executeRaw`
        select 1 from webhook_endpoints
         where organization_id = ${organizationId}::uuid and id = ${id}::uuid for update`;
      const row = await tx.webhookEndpoint.findUnique({
        where: { organizationId_id: { organizationId, id } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async find(organizationId, id) {
      const row = await tx.webhookEndpoint.findUnique({
        where: { organizationId_id: { organizationId, id } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async insert(endpoint) {
      const { owner: organizationId, id, createdAt } = endpoint;
      await tx.webhookEndpoint.create({ data: { organizationId, id, createdAt, ...toRow(endpoint) } });
    },
    async update(endpoint) {
      await tx.webhookEndpoint.update({
        where: { organizationId_id: { organizationId: endpoint.owner, id: endpoint.id } },
        data: toRow(endpoint),
      });
    },
    async remove(organizationId, id) {
      await tx.webhookEndpoint.deleteMany({ where: { organizationId, id } });
    },
  };
}

function toRow(endpoint: WebhookEndpoint) {
  const { url, description, types, secretCipher, previousSecret, disabled, failingSince } = endpoint;
  return {
    url,
    description,
    types: [...types],
    secretCipher,
    previousSecretCipher: previousSecret?.cipher ?? null,
    previousSecretUntil: previousSecret?.until ?? null,
    disabledAt: disabled?.at ?? null,
    disabledReason: disabled?.reason ?? null,
    failingSince,
    // Whoever changes an endpoint wants to see what it does now.
    resumeAt: null,
  };
}

function fromRow(row: EndpointRow): WebhookEndpoint {
  const { previousSecretCipher: cipher, previousSecretUntil: until, disabledAt: at } = row;
  return {
    id: asId('webhookEndpoint', row.id),
    owner: asId('organization', row.organizationId),
    url: row.url,
    description: row.description,
    types: row.types.filter(isMessageType),
    secretCipher: row.secretCipher,
    previousSecret: cipher === null || until === null ? null : { cipher, until },
    disabled: at === null ? null : { at, reason: row.disabledReason === 'failing' ? 'failing' : 'manual' },
    failingSince: row.failingSince,
    createdAt: row.createdAt,
  };
}

function isMessageType(type: string): type is MessageType {
  return (messageTypes as readonly string[]).includes(type);
}
