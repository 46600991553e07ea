import type { PrismaTransaction } from '../prisma-transaction.ts';
import { createCatalogPublicationRepository } from './catalog.repository.ts';
import { createInboundReplays } from './inbound-event.repository.ts';
import { createMailOutbox } from './mail.repository.ts';
import { createPlatformKeyRepository } from './platform-api-key.repository.ts';
import { createFlagRepository } from './platform-flag.repository.ts';
import { createBulkRunRepository } from './staff-bulk-run.repository.ts';
import { createDeadMessages } from './staff-outbox.repository.ts';
import { createWebhookDeliveryRepository } from './webhooks/webhook-delivery.repository.ts';
import { createWebhookDeliveryList } from './webhooks/webhook-delivery-list.ts';
import { createWebhookEndpointRepository } from './webhooks/webhook-endpoint.repository.ts';
/** Repositories of a transaction across organizations: everything can be read, only platform tables written. */
export function createPlatformRepositories(tx: PrismaTransaction) {
  return {
    bulkRuns: createBulkRunRepository(tx),
    deadMessages: createDeadMessages(tx),
    inboundReplays: createInboundReplays(tx),
    catalogPublications: createCatalogPublicationRepository(tx),
    flags: createFlagRepository(tx),
    mail: createMailOutbox(tx),
    platformKeys: createPlatformKeyRepository(tx),
    webhookDeliveries: createWebhookDeliveryRepository(tx),
    webhookDeliveryList: createWebhookDeliveryList(tx),
    webhookEndpoints: createWebhookEndpointRepository(tx),
  };
}

export type PlatformRepositories = ReturnType<typeof createPlatformRepositories>;
