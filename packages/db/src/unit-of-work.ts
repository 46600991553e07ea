import {
  AppError,
  type AuditLog,
  type Clock,
  type IdSource,
  type OrganizationId,
  type Outbox,
  type OutgoingMessages,
  type PlatformUnitOfWork,
  type UnitOfWork,
} from '@metergate/core';
import { createAuditLog } from './audit/audit-log.ts';
import { databaseUnavailable, transactionConflict } from './database.errors.ts';
import { isDatabaseUnavailable, isTransactionConflict } from './database-failure.ts';
import type { PrismaClient } from './generated/client.ts';
import { createOutbox } from './outbox.ts';
import type { PrismaTransaction } from './prisma-transaction.ts';
import { createRepositories, type Repositories } from './repositories/index.ts';
import { createPlatformRepositories, type PlatformRepositories } from './repositories/platform.ts';
import { createOutgoingMessages } from './repositories/webhooks/outgoing-messages.ts';
import { beginningAs } from './tenant-begin.ts';

/** What a use-case works with inside one organization's transaction. */
export interface Tx extends Repositories {
  audit: AuditLog;
  outbox: Outbox;
  /** What endpoints are told about this change. */
  messages: OutgoingMessages;
  /** Takes the row lock that serialises work on this organization's billing; call it before loading. */
  lockOrganization(): Promise<void>;
}

/** The same across organizations: reads everything, writes platform tables and the platform's audit chain. */
export interface PlatformTx extends PlatformRepositories {
  audit: AuditLog;
}

export interface UnitOfWorkOptions {
  clock: Clock;
  ids: IdSource;
}

const attemptsMax = 5;

/** waitMs: for a free connection; durationMs: until the transaction is given up and rolled back. */
const limits = { maxWait: 10_000, timeout: 30_000 };

/** Use `database.prisma.app`: its role sees only the organization named here. */
export function createUnitOfWork(prisma: PrismaClient, options: UnitOfWorkOptions): UnitOfWork<Tx> {
  return {
    run: (organizationId, work) =>
      withOrganization(prisma, organizationId, (tx) =>
        work({
          ...createRepositories(tx),
          audit: createAuditLog({ tx, organizationId, ...options }),
          outbox: createOutbox({ tx, organizationId, ...options }),
          messages: createOutgoingMessages({ tx, organizationId, ...options }),
          lockOrganization: () => lockOrganization(tx, organizationId),
        }),
      ),
  };
}

/** Use `database.prisma.platform`. */
export function createPlatformUnitOfWork(
  prisma: PrismaClient,
  options: UnitOfWorkOptions,
): PlatformUnitOfWork<PlatformTx> {
  return {
    run: (work) =>
      retryConflicts(() =>
        prisma.$transaction(
          (tx) =>
            work({
              ...createPlatformRepositories(tx),
              audit: createAuditLog({ tx, organizationId: null, ...options }),
            }),
          limits,
        ),
      ),
  };
}

/** One transaction with the tenant context set; for read models that need no repositories. */
export function withOrganization<T>(
  prisma: PrismaClient,
  organizationId: OrganizationId,
  work: (tx: PrismaTransaction) => Promise<T>,
): Promise<T> {
  return retryConflicts(() =>
    beginningAs(organizationId, (isTenantSet) =>
      prisma.$transaction(async (tx) => {
        if (!isTenantSet()) {
          await tx.$executeRaw`select set_config('app.organization_id', ${organizationId}, true)`;
        }
        return await work(tx);
      }, limits),
    ),
  );
}

async function lockOrganization(tx: PrismaTransaction, organizationId: OrganizationId): Promise<void> {
  await tx.$executeRaw`select 1 from organizations where id = ${organizationId}::uuid for update`;
}

/**
 * Serialization failures and deadlocks roll everything back, so the whole transaction may run again.
 * Throws TRANSACTION_CONFLICT when that never helps, and DATABASE_UNAVAILABLE.
 */
async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isTransactionConflict(error)) throw convertFailure(error);
      if (attempt >= attemptsMax) throw transactionConflict(error);
    }
  }
}

/** What a repository already put into its own words stays as it is. */
function convertFailure(error: unknown): unknown {
  return !(error instanceof AppError) && isDatabaseUnavailable(error) ? databaseUnavailable(error) : error;
}
