import type { PrismaTransaction } from '../prisma-transaction.ts';

/**
 * Every repository of an organization's transaction, by aggregate. Row level security confines them to it; their
 * first argument is the organization all the same.
 */
export function createRepositories(_tx: PrismaTransaction) {
  return {};
}

export type Repositories = ReturnType<typeof createRepositories>;
