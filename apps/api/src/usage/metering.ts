import type { Clock, IdSource, OrganizationId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { LimitDeps } from '@metergate/core/limits/limit-deps';
import { createUsageTermsReader } from '@metergate/core/limits/meter-terms';
import type { UsageReadingDeps } from '@metergate/core/usage/reading/read-usage-series';
import type { RecordUsageDeps } from '@metergate/core/usage/record-usage';
import type { UsageCorrections } from '@metergate/core/usage/usage.ports';
import type { Database } from '@metergate/db';
import {
  createGaugeStore,
  createLimitLedger,
  createUsageCorrections,
  createUsageReader,
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
import { TouchedTotals } from './touched-totals.ts';
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
  reading: UsageReadingDeps;
  corrections: UsageCorrections;
  /** Totals that moved and whose thresholds nobody has looked at yet. */
  touched: TouchedTotals;
  /** Stops taking events, and resolves when everything taken is committed. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the intake of usage and the decisions about limits; they share the cache of entitlements. */
export function createMetering(options: MeteringOptions): Metering {
  const { database, clock, ids, monotonicMs } = options;
  const pool = database.ingest;
  const nextId = () => ids.next();
  const { entitlements, stopListening } = createEntitlements(options);
  const directory = createUsageDirectory({
    findOrganization: options.findOrganization,
    findClients: (organizationId, references) => findClients(pool, organizationId, references),
    entitlements,
    monotonicMs,
  });
  const touched = new TouchedTotals();
  const writer = createWriter(options, touched);
  const receipts = createReceipts(options);
  const ledger = createLedger(options);
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
      onUsage: (organizationId, feature) => touched.add(organizationId, feature),
    },
    entitlements,
    reading: {
      clock,
      terms: createUsageTermsReader(entitlements),
      reader: createUsageReader({ app: database.app, ingest: pool }),
    },
    corrections: createCorrections(options),
    touched,
    async drain() {
      await Promise.all([writer.drain(), receipts.drain()]);
    },
    close: stopListening,
  };
}

function createEntitlements(options: MeteringOptions) {
  const { database, catalog, clock, monotonicMs } = options;
  let listener: ReturnType<typeof listen> | undefined;
  const entitlements: EntitlementCache = new EntitlementCache({
    load: (organizationId) => {
      // With the first question: a process that never asks needs no connection for answers that change.
      listener ??= listen(database.ingest, 'entitlements_changed', {
        onMessage: (changed) => entitlements.forget(changed),
        onGap: () => entitlements.forgetAll(),
      });
      return loadEntitlementFacts(database.ingest, organizationId);
    },
    catalog,
    clock,
    monotonicMs,
    isUnavailable: (error) => toAppError(error).kind === 'unavailable',
  });
  return { entitlements, stopListening: async () => await listener?.close() };
}

function createCorrections({ database, catalog }: MeteringOptions) {
  const meters = [...catalog.values()].flatMap((family) => family.meters);
  const aggregations = new Map(meters.map(({ key, aggregation }) => [key, aggregation]));
  return createUsageCorrections(database.ingest, (meter) => aggregations.get(meter));
}

function createReceipts({ database, ids, log }: MeteringOptions) {
  return new BatchedReceiptLog({
    ids,
    store: (rows) => storeReceipts(database.ingest, rows),
    onLost: (count, error) =>
      log.error({ count, error: describeError(error) }, 'receipts of checks were lost'),
  });
}

function createLedger({ database, ids }: MeteringOptions) {
  return createLimitLedger({
    pool: database.ingest,
    finder: database.worker,
    nextId: () => ids.next(),
    consumeHooks: ingestHooks,
    reserveHooks: { afterCommit: () => crashPoint('reserve.after_commit') },
  });
}

const ingestHooks = {
  beforeCommit: () => crashPoint('ingest.before_commit'),
  afterCommit: () => crashPoint('ingest.after_commit'),
};

function createWriter({ database, clock }: MeteringOptions, touched: TouchedTotals) {
  return new CoalescingUsageWriter({
    onAccepted: ({ organizationId, draft }) => touched.add(organizationId, draft.meter),
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
