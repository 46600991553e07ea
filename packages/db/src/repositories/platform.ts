import type { PrismaTransaction } from '../prisma-transaction.ts';

/** Repositories of a transaction across organizations: everything can be read, only platform tables written. */
export function createPlatformRepositories(_tx: PrismaTransaction) {
  return {};
}

export type PlatformRepositories = ReturnType<typeof createPlatformRepositories>;
