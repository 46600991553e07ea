import { randomBytes } from 'node:crypto';
import { loadFamilies } from '@metergate/catalogs';
import type { Clock, IdSource, PlatformUnitOfWork, UnitOfWork } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { SecretSource } from '@metergate/core/shared/secret-source';
import {
  createDatabase,
  createIdempotencyStore,
  createIdentityReader,
  createIdSource,
  createPlatformUnitOfWork,
  createSimulatedClockStore,
  createUnitOfWork,
  createViewAsReader,
  type Database,
  insertSignInMail,
  missingMigrations,
  type PlatformTx,
  type Tx,
} from '@metergate/db';
import { type ApiKeyDirectory, createApiKeyDirectory } from './auth/api-key.ts';
import { knownAddressMail } from './auth/known-address-mail.ts';
import { resetMail } from './auth/reset-mail.ts';
import { secretSource } from './auth/secret-source.ts';
import { createSignIn, type SignIn } from './auth/sign-in.ts';
import { monotonicMs, SystemClock } from './clock/system-clock.ts';
import type { Environment } from './env.ts';
import { allowedOriginsOf, publicUrlOf } from './env-urls.ts';
import { BodyRoom } from './http/bodies/body-room.ts';
import type { ReadinessCheck } from './http/health.route.ts';
import { createMetrics, type Metrics } from './http/metrics.route.ts';
import { type Background, createBackground } from './jobs/background.ts';
import { registerJobs } from './jobs/register-jobs.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createLiveHub } from './live/create-live-hub.ts';
import type { LiveHub } from './live/live-hub.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import type { Outside } from './outside.ts';
import { createRateLimits, type RateLimits } from './rate-limits/rate-limits.ts';
import { connectSharedCounters, countersInDatabase } from './rate-limits/shared-limiter.ts';
import type { Tracer } from './tracing/tracer.ts';
import { createMetering, type Metering } from './usage/metering.ts';

/** Everything the edges need, built once per process by the composition root. */
export interface Container {
  env: Environment;
  /** Where users reach us, without a trailing slash; every link in mails and redirects starts with it. */
  publicUrl: string;
  allowedOrigins: readonly string[];
  log: Logger;
  /** Business time; `SystemClock` so that test seams can move it. */
  clock: Clock & SystemClock;
  ids: IdSource;
  /** Secrets that are shown once and stored hashed. */
  secrets: SecretSource;
  /** Cryptographically random bytes. */
  random: (size: number) => Uint8Array;
  database: Database;
  unitOfWork: UnitOfWork<Tx>;
  platformUnitOfWork: PlatformUnitOfWork<PlatformTx>;
  /** Loaded product families by key. */
  catalog: ReadonlyMap<string, ProductFamily>;
  /** Intake of usage and decisions about limits. */
  metering: Metering;
  /** Open pages that want to know what is different. */
  live: LiveHub;
  /** Stripe, the mirror of it, and the jobs of this process. */
  background: Background;
  gateway: Background['gateway'];
  identity: ReturnType<typeof createIdentityReader>;
  viewAsSessions: ReturnType<typeof createViewAsReader>;
  idempotency: ReturnType<typeof createIdempotencyStore>;
  simulatedClock: ReturnType<typeof createSimulatedClockStore>;
  signIn: SignIn;
  apiKeys: ApiKeyDirectory;
  rateLimits: RateLimits;
  metrics: Metrics;
  /** Memory of this process for bodies of requests. */
  bodyRoom: BodyRoom;
  /** Absent without a collector. */
  tracer: Tracer | undefined;
  lifecycle: Lifecycle;
  readinessChecks: ReadinessCheck[];
  /** Tells the workers of this process that there is something to do; never blocks and never throws. */
  wake: () => void;
  /** Runs the workers of this process until nothing is due and answers what they did; for tests. */
  drainUntilIdle: () => Promise<Record<string, number>>;
}

/** Builds every adapter; opens no connection and no port yet. Without `families` the catalogue is the one that ships. */
export function createContainer(
  env: Environment,
  outside: Outside = {},
  families: readonly ProductFamily[] = loadFamilies(env.CATALOG),
): Container {
  const { tracer, clickhouse } = outside;
  const foundation = { ...createFoundation(env, families), tracer };
  const { log, clock, ids, database, unitOfWork, platformUnitOfWork, identity, lifecycle, catalog, metrics } =
    foundation;
  const findOrganization = (reference: string) => identity.findOrganization(reference);
  const metering = createMetering({
    database,
    clock,
    ids,
    log,
    catalog,
    findOrganization,
    monotonicMs,
    registry: metrics.registry,
    dataDir: env.DATA_DIR,
    clickhouse,
  });
  if (tracer !== undefined) lifecycle.onClose('tracing', () => tracer.close());
  if (clickhouse !== undefined) lifecycle.onClose('ClickHouse', () => clickhouse.close());
  lifecycle.onDrain('metering', () => metering.drain());
  lifecycle.onClose('metering', () => metering.close());
  const background = createBackground({
    env,
    database,
    unitOfWork,
    platformUnitOfWork,
    clock,
    ids,
    log,
    registry: metrics.registry,
    families: [...catalog.values()],
    tracer,
  });
  const { gateway } = background;
  registerJobs({ ...foundation, metering, background, clickhouse });
  const live = createLiveHub({ database, clock, log, lifecycle, touched: metering.touched });
  return {
    ...foundation,
    ...createEdge(foundation, metering, outside),
    background,
    gateway,
    metering,
    live,
    wake: () => background.runner().wake(),
    drainUntilIdle: () => background.runner().drainUntilIdle(),
  };
}

type Foundation = ReturnType<typeof createFoundation>;

/** What everything else is built from: settings, time, ids, database, catalogue. */
function createFoundation(env: Environment, families: readonly ProductFamily[]) {
  const metrics = createMetrics();
  const log = createLogger(env.LOG_LEVEL, { onAlert: (alert) => metrics.alerts.inc({ alert }) });
  const clock = new SystemClock();
  const ids = createIdSource();
  const database = createDatabase({
    ...(env.DATABASE_URL === undefined ? {} : { url: env.DATABASE_URL }),
    ...(env.DATABASE_ROLE_URLS === undefined ? {} : { urls: env.DATABASE_ROLE_URLS }),
    log: (message) => log.warn({ source: 'database' }, message),
  });
  const lifecycle = createLifecycle(log);
  lifecycle.onClose('database', () => database.close());
  return {
    env,
    publicUrl: publicUrlOf(env),
    allowedOrigins: allowedOriginsOf(env),
    log,
    clock,
    ids,
    secrets: secretSource,
    random: randomBytes,
    database,
    unitOfWork: createUnitOfWork(database.prisma.app, { clock, ids }),
    platformUnitOfWork: createPlatformUnitOfWork(database.prisma.platform, { clock, ids }),
    identity: createIdentityReader(database.auth),
    viewAsSessions: createViewAsReader(database.auth),
    catalog: new Map(families.map((family) => [family.key, family])),
    metrics,
    bodyRoom: new BodyRoom({ registry: metrics.registry }),
    lifecycle,
  };
}

/** What stands between the network and the use-cases. */
function createEdge(foundation: Foundation, { outage }: Metering, { redis }: Outside) {
  const { env, database, identity, clock, ids, log, publicUrl, allowedOrigins } = foundation;
  const findApiKeyByHash = (hash: Uint8Array) => outage.watch.during(() => identity.findApiKeyByHash(hash));
  return {
    idempotency: createIdempotencyStore(database.prisma.app),
    simulatedClock: createSimulatedClockStore(database.platform),
    signIn: createSignIn({
      prisma: database.prisma.auth,
      publicUrl,
      allowedOrigins,
      secret: env.AUTH_SECRET,
      ids,
      log,
      sendResetMail: (mail) => insertSignInMail(database.auth, { id: ids.next(), ...resetMail(mail) }),
      sendKnownAddressMail: (mail) =>
        insertSignInMail(database.auth, {
          id: ids.next(),
          ...knownAddressMail({ ...mail, publicUrl, at: clock.now() }),
        }),
    }),
    apiKeys: createApiKeyDirectory({ identity: { findApiKeyByHash }, clock, monotonicMs }),
    rateLimits: createRateLimits({
      overrides: env.rateLimits,
      secret: env.AUTH_SECRET,
      shared: sharedCounters(foundation, redis),
    }),
    readinessChecks: [
      { name: 'database', isReady: async () => (await database.ping()) >= 0 },
      { name: 'migrations', isReady: async () => (await missingMigrations(database.app)).length === 0 },
      { name: 'queue', isReady: () => isQueueReadable(database) },
    ],
  };
}

/** Where replicas count rate limits together: all of them in Redis, without it the rare ones in the database. */
function sharedCounters({ env, log, lifecycle, database }: Foundation, redis: Outside['redis']) {
  if (env.REDIS_URL === undefined) return countersInDatabase(database);
  // Counting alone where the settings say together would make every limit a multiple of itself.
  if (redis === undefined) throw new Error('REDIS_URL is set, but the Redis library was not loaded');
  const shared = connectSharedCounters(redis, { url: env.REDIS_URL, log });
  lifecycle.onClose('Redis', () => shared.close());
  return shared;
}

/** The workers' role can look for work. */
async function isQueueReadable(database: Database): Promise<boolean> {
  await database.worker.query('select 1 from inbound_events limit 1');
  return true;
}
