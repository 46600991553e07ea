import type { Prisma } from './generated/client.ts';

/** The Prisma client inside one interactive transaction; repositories are bound to it. */
export type PrismaTransaction = Prisma.TransactionClient;
