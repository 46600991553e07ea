import type { Clock, IdSource, OrganizationId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { LimitDeps } from '@metergate/core/limits/limit-deps';
import type { RecordUsageDeps } from '@metergate/core/usage/record-usage';
import type { Database } from '@metergate/db';
import {
  createGaugeStore,
  createLimitLedger,
  findClients,
  listen,
  loadEntitlementFacts,
  storeReceipts,
  storeRejectedEvents,
  storeUsageEvents,
  toUsageRow,
} from '@metergate/db/metering';
import { crashPoint } from '../crash-points.ts';
import { toAppError } from '../http/failure.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { CoalescingUsageWriter } from './coalescing-usage-writer.ts';
import { EntitlementCache } from './entitlement-cache.ts';
import { BatchedReceiptLog } from './receipt-log.ts';
import { createUsageDirectory } from './usage-directory.ts';

export interface MeteringOptions {
  database: Database;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  catalog: ReadonlyMap<string, ProductFamily>;
  findOrganization: (reference: string) => Promise<OrganizationId | null>;
  monotonicMs: () => number;
}

export interface Metering {
  usage: RecordUsageDeps;
  limits: LimitDeps;
  entitlements: EntitlementCache;
  /** Stops taking events, and resolves when everything taken is committed. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the intake of usage and the decisions about limits; they share the cache of entitlements. */
export function createMetering(options: MeteringOptions): Metering {
  const { database, clock, ids, log, catalog, monotonicMs } = options;
  const pool = database.ingest;
  const nextId = () => ids.next();
  let listener: ReturnType<typeof listen> | undefined;
  /** With the first question: a process that never asks needs no connection for answers that change. */
  const startListening = () => {
    listener ??= listen(pool, 'entitlements_changed', {
      onMessage: (organizationId) => entitlements.forget(organizationId),
      onGap: () => entitlements.forgetAll(),
    });
  };
  const entitlements: EntitlementCache = new EntitlementCache({
    load: (organizationId) => {
      startListening();
      return loadEntitlementFacts(pool, organizationId);
    },
    catalog,
    clock,
    monotonicMs,
    isUnavailable: (error) => toAppError(error).kind === 'unavailable',
  });
  const directory = createUsageDirectory({
    findOrganization: options.findOrganization,
    findClients: (organizationId, references) => findClients(pool, organizationId, references),
    entitlements,
    monotonicMs,
  });
  const writer = createWriter(options);
  const receipts = new BatchedReceiptLog({
    ids,
    store: (rows) => storeReceipts(pool, rows),
    onLost: (count, error) =>
      log.error({ count, error: describeError(error) }, 'receipts of checks were lost'),
  });
  const ledger = createLimitLedger({
    pool,
    finder: database.worker,
    nextId,
    consumeHooks: ingestHooks,
    reserveHooks: { afterCommit: () => crashPoint('reserve.after_commit') },
  });
  const rejectedEvents = createRejectedEvents(options);
  return {
    usage: { clock, directory, writer, rejectedEvents },
    limits: {
      clock,
      ids,
      entitlements,
      directory,
      ledger,
      gauges: createGaugeStore({ pool, nextId }),
      receipts,
    },
    entitlements,
    async drain() {
      await Promise.all([writer.drain(), receipts.drain()]);
    },
    async close() {
      await listener?.close();
    },
  };
}

const ingestHooks = {
  beforeCommit: () => crashPoint('ingest.before_commit'),
  afterCommit: () => crashPoint('ingest.after_commit'),
};

function createWriter({ database, clock }: MeteringOptions) {
  return new CoalescingUsageWriter({
    toRow: toUsageRow,
    store: (rows) =>
      storeUsageEvents({ pool: database.ingest, recordedAt: clock.now(), hooks: ingestHooks }, rows),
  });
}

function createRejectedEvents({ database, clock, ids, log }: MeteringOptions) {
  return {
    async keep(events: Parameters<typeof storeRejectedEvents>[1]) {
      try {
        const stamp = { receivedAt: clock.now(), nextId: () => ids.next() };
        await storeRejectedEvents(database.ingest, events, stamp);
      } catch (error) {
        log.error({ count: events.length, error: describeError(error) }, 'refused events could not be kept');
      }
    },
  };
}
