import type { PrismaTransaction } from '../prisma-transaction.ts';
import { createCatalogPublicationRepository } from './catalog.repository.ts';
import { createInboundReplays } from './inbound-event.repository.ts';
import { createPlatformKeyRepository } from './platform-api-key.repository.ts';
import { createFlagRepository } from './platform-flag.repository.ts';

/** Repositories of a transaction across organizations: everything can be read, only platform tables written. */
export function createPlatformRepositories(tx: PrismaTransaction) {
  return {
    inboundReplays: createInboundReplays(tx),
    catalogPublications: createCatalogPublicationRepository(tx),
    flags: createFlagRepository(tx),
    platformKeys: createPlatformKeyRepository(tx),
  };
}

export type PlatformRepositories = ReturnType<typeof createPlatformRepositories>;
