import { asId, type Clock, type IdSource, type OrganizationId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { LimitDeps } from '@metergate/core/limits/limit-deps';
import { clientsFeature } from '@metergate/core/limits/limit-subject';
import type { GaugeStore, LimitLedger } from '@metergate/core/limits/limits.ports';
import { createUsageTermsReader } from '@metergate/core/limits/meter-terms';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import type { EntitlementsView } from '@metergate/core/limits/reading/read-entitlements';
import type { UsageReadingDeps } from '@metergate/core/usage/reading/read-usage-series';
import type { RecordUsageDeps } from '@metergate/core/usage/record-usage';
import type { UsageWriter } from '@metergate/core/usage/usage.ports';
import type { MeterAggregation } from '@metergate/core/usage/usage-event';
import type { ClickHouseClient, Database } from '@metergate/db';
import {
  createAlertReader,
  createGaugeStore,
  createLimitLedger,
  createUsageReader,
  findClients,
  findCounted,
  listen,
  loadEntitlementFacts,
  previewUsageEvents,
  storeReceipts,
  storeUsageEvents,
  toUsageRow,
} from '@metergate/db/metering';
import type { Registry } from 'prom-client';
import { crashPoint } from '../crash-points.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { EntitlementCache } from './entitlement-cache.ts';
import { FewFirst } from './few-first.ts';
import type { CarryOverTarget } from './outage/carry-over.ts';
import type { DatabaseWatch } from './outage/database-watch.ts';
import { createKeptSettlement } from './outage/kept-settlement.ts';
import { createEntitlementsReading } from './outage/known-entitlements.ts';
import { LastKnown } from './outage/last-known.ts';
import { createOutage, type Outage } from './outage/outage.ts';
import { watchedGauges, watchedLedger } from './outage/watched-stores.ts';
import { BatchedReceiptLog } from './receipt-log.ts';
import { TouchedTotals } from './touched-totals.ts';
import { Turns } from './turns.ts';
import { createUsageDirectory } from './usage-directory.ts';
import { createRejectedEvents, createWriter, ingestHooks } from './usage-intake.ts';
import { readingFrom } from './usage-store.ts';

export interface MeteringOptions {
  database: Database;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  catalog: ReadonlyMap<string, ProductFamily>;
  findOrganization: (reference: string) => Promise<OrganizationId | null>;
  monotonicMs: () => number;
  registry: Registry;
  /** Where decisions wait while the database is away. */
  dataDir: string;
  /** Answers questions about usage where there is one. */
  clickhouse?: ClickHouseClient | undefined;
}

export interface Metering {
  usage: RecordUsageDeps;
  /** What the intake would answer, without storing anything. */
  preview: UsageWriter;
  limits: LimitDeps;
  entitlements: EntitlementCache;
  /** Answers from what was last known while the database is away. */
  readEntitlements(organizationId: OrganizationId): Promise<EntitlementsView>;
  /** Organizations by the names that found them lately. */
  references: LastKnown<OrganizationId>;
  reading: UsageReadingDeps;
  /** How a meter of any loaded family adds up. */
  aggregationOf: (meter: string) => MeterAggregation | undefined;
  /** Large pieces of work on usage take turns, from reading a body to writing its rows. */
  turns: Turns;
  /** What was set and told of thresholds. */
  alertReader: ReturnType<typeof createAlertReader>;
  /** Totals that moved and whose thresholds nobody has looked at yet. */
  touched: TouchedTotals;
  /** Knows when the database is away, and keeps what is allowed meanwhile. */
  outage: Outage;
  /** Stops taking events, and resolves when everything taken is committed. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const referencesMax = 20_000;

/** Builds the intake of usage and the decisions about limits; they share the cache of entitlements. */
export function createMetering(options: MeteringOptions): Metering {
  const { database, clock, ids, monotonicMs } = options;
  const pool = database.ingest;
  const touched = new TouchedTotals();
  const ledger = createLedger(options);
  const gauges = createGauges(options);
  const outage = createOutage({
    ...options,
    target: carryOverTarget(options, { ledger, gauges, touched }),
    onCarriedOver: ({ organizationId, feature, at }) => touched.addPast(organizationId, { feature, at }),
    afterLook: (then) => touched.afterLook(then),
  });
  const { watch } = outage;
  const { entitlements, stopListening } = createEntitlements(options, { watch, touched });
  const references = new LastKnown<OrganizationId>({ sizeMax: referencesMax, monotonicMs });
  const directory = createUsageDirectory({
    lastReferences: references,
    findOrganization: (reference) => watch.during(() => options.findOrganization(reference)),
    findClients: (organizationId, references) =>
      watch.during(() => findClients(pool, organizationId, references)),
    entitlements,
    monotonicMs,
  });
  const fewFirst = new FewFirst(monotonicMs);
  const turns = new Turns(fewFirst);
  const writer = createWriter({ ...options, turns, fewFirst }, { touched, watch });
  const receipts = createReceipts(options, outage);
  const rejectedEvents = createRejectedEvents(options, watch);
  const limits: LimitDeps = {
    clock,
    ids,
    entitlements,
    directory,
    ledger: watchedLedger(createLedger(options, { watch, fewFirst }), watch),
    gauges: watchedGauges(createGauges(options, watch), watch),
    receipts,
    outage: outage.journal,
    onUsage: (organizationId, feature) => touched.add(organizationId, feature),
    onExhausted: (organizationId, feature) => touched.lookAt(organizationId, [feature]),
  };
  return {
    usage: { clock, directory, writer, rejectedEvents, giveWay: () => turns.next() },
    turns,
    preview: { write: (entries) => watch.during(() => previewUsageEvents(pool, entries.map(toUsageRow))) },
    limits,
    entitlements,
    readEntitlements: createEntitlementsReading({ limits, monotonicMs }),
    references,
    reading: createReading(options, entitlements),
    aggregationOf: aggregationsOf(options.catalog),
    alertReader: createAlertReader(database.app),
    touched,
    outage,
    async drain() {
      await Promise.all([writer.drain(), receipts.drain()]);
    },
    async close() {
      await Promise.all([stopListening(), outage.close()]);
    },
  };
}

/** Where what was kept during an outage goes, past everything that believes the database to be away still. */
function carryOverTarget(
  options: MeteringOptions,
  { ledger, gauges, touched }: { ledger: LimitLedger; gauges: GaugeStore; touched: TouchedTotals },
): Omit<CarryOverTarget, 'isAway'> {
  const { clock } = options;
  const pool = options.database.ingest;
  return {
    ledger,
    gauges,
    storeUsage: (entries) => storeUsageEvents({ pool, recordedAt: clock.now() }, entries.map(toUsageRow)),
    findCounted: (entries) => findCounted(pool, entries.map(toUsageRow)),
    storeReceipts: (receipts) => storeReceipts(pool, receipts),
    settle: createKeptSettlement(options, { ledger, touched }),
  };
}

function createReading(options: MeteringOptions, entitlements: EntitlementCache): UsageReadingDeps {
  const { database, clock, clickhouse, log } = options;
  const postgres = createUsageReader({ app: database.app, ingest: database.ingest });
  return {
    clock,
    terms: createUsageTermsReader(entitlements),
    reader: readingFrom(clickhouse, postgres, log),
  };
}

function createEntitlements(
  options: MeteringOptions,
  { watch, touched }: { watch: DatabaseWatch; touched: TouchedTotals },
) {
  const { database, catalog, clock, monotonicMs } = options;
  let listener: ReturnType<typeof listen> | undefined;
  const entitlements: EntitlementCache = new EntitlementCache({
    load: (organizationId) => {
      // With the first question: a process that never asks needs no connection for answers that change.
      listener ??= listen(database.ingest, 'entitlements_changed', {
        onMessage: (changed) => {
          entitlements.forget(changed);
          // The number of clients is a level too, and nobody reports it.
          touched.add(asId('organization', changed), clientsFeature);
        },
        onGap: () => entitlements.forgetAll(),
      });
      return watch.during(() => loadEntitlementFacts(database.ingest, organizationId, clock.now()));
    },
    catalog,
    clock,
    monotonicMs,
    isUnavailable: isDatabaseAway,
  });
  return { entitlements, stopListening: async () => await listener?.close() };
}

function aggregationsOf(catalog: ReadonlyMap<string, ProductFamily>) {
  const meters = [...catalog.values()].flatMap((family) => family.meters);
  const aggregations = new Map(meters.map(({ key, aggregation }) => [key, aggregation]));
  return (meter: string) => aggregations.get(meter);
}

function createReceipts({ database, ids, log }: MeteringOptions, { watch, journal }: Outage) {
  return new BatchedReceiptLog({
    ids,
    async store(rows) {
      try {
        await watch.during(() => storeReceipts(database.ingest, rows));
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        const effect = { kind: 'none' } as const;
        await Promise.all(
          rows.map(({ id, terms, verdict }) => journal.keep({ receiptId: id, terms, verdict, effect })),
        );
      }
    },
    onLost: (count, error) =>
      log.error({ count, error: describeError(error) }, 'receipts of checks were lost'),
  });
}

/** Without a watch for what is carried over after an outage, when the watch still says "away". */
function createLedger(
  { database, ids }: MeteringOptions,
  shared?: { watch: DatabaseWatch; fewFirst: FewFirst },
) {
  return createLimitLedger({
    ...(shared === undefined ? {} : { around: (work) => decidedFirst(shared, work) }),
    pool: database.ingest,
    finder: database.worker,
    nextId: () => ids.next(),
    consumeHooks: ingestHooks,
    reserveHooks: { afterCommit: () => crashPoint('reserve.after_commit') },
  });
}

/** Somebody's user waits for a decision, nobody for the rest of a batch: that stands still meanwhile. */
function decidedFirst<T>(
  { watch, fewFirst }: { watch: DatabaseWatch; fewFirst: FewFirst },
  work: () => Promise<T>,
): Promise<T> {
  const decided = watch.during(work);
  const settled = () => undefined;
  fewFirst.letPass(decided.then(settled, settled));
  return decided;
}

function createGauges({ database, clock, ids }: MeteringOptions, watch?: DatabaseWatch) {
  return createGaugeStore({
    ...(watch === undefined ? {} : { around: (work) => watch.during(work) }),
    pool: database.ingest,
    nextId: () => ids.next(),
    now: () => clock.now(),
  });
}
