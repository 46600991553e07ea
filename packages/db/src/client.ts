import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import { CountingClient } from './query-counter.ts';
import { type ApplicationRole, applicationRoles, databaseRole } from './roles.ts';
import { StatementNames } from './statement-names.ts';
import { TenantClient } from './tenant-begin.ts';

export interface DatabaseOptions {
  /** One login for everything; every pool switches to its role with `-c role=…`. */
  url?: string;
  /** A login per role; wins over `url`. */
  urls?: Readonly<Record<ApplicationRole, string>>;
  poolSizes?: Partial<Record<ApplicationRole, number>>;
  /** Told about connections that broke while idle. */
  log?: (message: string) => void;
}

/** Pools for plain SQL; Prisma clients run on the same pools. */
export interface Database extends Record<ApplicationRole, pg.Pool> {
  prisma: Readonly<Record<'app' | 'auth' | 'platform', PrismaClient>>;
  /** Milliseconds of one round trip; throws when the database does not answer. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

const defaultPoolSizes: Readonly<Record<ApplicationRole, number>> = {
  app: 8,
  auth: 4,
  ingest: 4,
  platform: 4,
  worker: 4,
};

/** Opens nothing yet: connections are made on first use. */
export function createDatabase(options: DatabaseOptions): Database {
  const open = (role: ApplicationRole) => openPool(role, options);
  const pools: Record<ApplicationRole, pg.Pool> = {
    app: open('app'),
    auth: open('auth'),
    ingest: open('ingest'),
    platform: open('platform'),
    worker: open('worker'),
  };
  const prisma = {
    app: prismaOn(pools.app),
    auth: prismaOn(pools.auth),
    platform: prismaOn(pools.platform),
  };
  return {
    ...pools,
    prisma,
    async ping() {
      const startedAt = performance.now();
      await pools.app.query('select 1');
      return performance.now() - startedAt;
    },
    async close() {
      await Promise.all(Object.values(prisma).map((client) => client.$disconnect()));
      await Promise.all(applicationRoles.map((role) => pools[role].end()));
    },
  };
}

/** Each of them holds the whole schema, 6 MB: none for a role that only asks in SQL. */
function prismaOn(pool: pg.Pool): PrismaClient {
  const names = new StatementNames();
  return new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => names.nameOf(sql) }),
  });
}

function openPool(role: ApplicationRole, options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(role, options),
    Client: role === 'app' ? TenantClient : CountingClient,
    max: options.poolSizes?.[role] ?? defaultPoolSizes[role],
    connectionTimeoutMillis: 10_000,
    // A statement without an end would hold its connection and its locks for ever.
    statement_timeout: 30_000,
    // Where nobody answers at all, the server cannot end the statement: the connection is given up.
    query_timeout: 35_000,
    keepAlive: true,
    // Usage and limits send the statements of a transaction without waiting for each answer.
    ...(role === 'ingest' ? { pipeline: true } : {}),
    idle_in_transaction_session_timeout: 60_000,
    application_name: `metergate-${role}`,
  });
  // Without listeners a connection that breaks would end the process: the pool listens while it is idle, nobody
  // does while it is in use and between two statements.
  pool.on('connect', (client) => {
    client.on('error', (error) => options.log?.(`${role} connection failed: ${error.message}`));
  });
  pool.on('error', (error) => options.log?.(`idle ${role} connection failed: ${error.message}`));
  return pool;
}

function connectionOf(role: ApplicationRole, options: DatabaseOptions): pg.PoolConfig {
  const settings = role === 'ingest' ? `${inUtc} ${plansByKey}` : inUtc;
  if (options.urls !== undefined) return { connectionString: options.urls[role], options: settings };
  if (options.url === undefined) throw new Error('createDatabase needs a url or urls');
  return { connectionString: options.url, options: `-c role=${databaseRole(role)} ${settings}` };
}

/**
 * Every statement about usage and limits finds its rows by key, and its plan is made once for each connection, perhaps
 * while the table was empty: then reading it whole looks cheapest, and stays so until the next analyze.
 */
const plansByKey = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c jit=off';

/**
 * Prisma's adapter drops the offset of a TIMESTAMPTZ and takes the rest for UTC (seen in 7.10): in a database of
 * another zone every instant it reads would be wrong by the zone's offset.
 */
const inUtc = '-c timezone=UTC';
