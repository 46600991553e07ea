import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { type ApplicationRole, applicationRoles, databaseRole, ensureRoles } from '../roles.ts';
import { ensureCluster, passwordFor } from './cluster.ts';
import { socketParameter } from './local-socket.ts';
import { locateBinaries } from './locate-binaries.ts';
import { readServerPid } from './process-state.ts';
import { makeWalReady } from './ready-wal.ts';
import { chooseRunAs, movedClusterDir, type RunAsKind } from './run-as.ts';
import { startServer, stopServer, superuserUrl } from './server.ts';

export interface EmbeddedOptions {
  /** The cluster lives in `pg` below it; created when missing. */
  dataDir: string;
  log?: (line: string) => void;
  /** Overrides of PostgreSQL settings, for example a smaller `shared_buffers`. */
  settings?: Readonly<Record<string, string>>;
  /** Listens here instead of on a free port: clients of a server that was killed find the new one. */
  port?: number;
  /** The `clusterDir` of a stopped cluster; a new one begins as its copy instead of empty. */
  template?: string | undefined;
  /**
   * Makes so much of the write-ahead log at the start as a server has at hand that has run for a while (see
   * `makeWalReady`): for measurements.
   */
  readyWalMiB?: number;
  /** Forces one way of running instead of choosing by what this machine allows. */
  runAs?: RunAsKind;
}

export interface EmbeddedPostgres {
  /** For migrations: owns the database, may create roles and databases, is no superuser. */
  ownerUrl: string;
  /** One login per application role. */
  urls: Readonly<Record<ApplicationRole, string>>;
  port: number;
  pid: number;
  /** Where the cluster really lives; see `chooseRunAs` for when it is not `dataDir`. */
  clusterDir: string;
  /** Idempotent. Flushes and ends the server; also one that was adopted. */
  stop(): Promise<void>;
}

const databaseName = 'metergate';
const ownerRole = 'mg_owner';

/**
 * Starts the PostgreSQL that comes with the dependencies, creating its cluster, roles and an empty database on
 * the first start. A server that survived its parent is adopted. Throws with the server's log when it cannot start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const wanted = path.resolve(options.dataDir);
  await mkdir(wanted, { recursive: true, mode: 0o755 });
  const { nativeDir } = await locateBinaries();
  const runAs = await chooseRunAs({
    nativeDir,
    clusterDir: wanted,
    ...(options.runAs === undefined ? {} : { force: options.runAs }),
  });
  const { secret } = await ensureCluster(runAs, options.template);
  const { readyWalMiB } = options;
  const walSettings = readyWalMiB === undefined ? {} : { min_wal_size: `${readyWalMiB}MB` };
  const settings = { ...options.settings, ...walSettings };
  const server = await startServer({ runAs, secret, settings, port: options.port });
  log(`PostgreSQL ${server.adopted ? 'adopted' : 'started'} on 127.0.0.1:${server.port} (${runAs.kind})`);
  const address = `127.0.0.1:${server.port}/${databaseName}${socketParameter(runAs, server.port)}`;
  const urlOf = (role: string) => `postgresql://${role}:${passwordFor(secret, role)}@${address}`;
  const ownerUrl = urlOf(ownerRole);
  const adminUrl = superuserUrl(server.port, secret);
  await ensureOwnerAndDatabase(adminUrl, passwordFor(secret, ownerRole));
  if (readyWalMiB !== undefined) await withClient(adminUrl, (client) => makeWalReady(client, readyWalMiB));
  const passwords = eachRole((role) => passwordFor(secret, databaseRole(role)));
  await withClient(ownerUrl, (client) => ensureRoles(client, passwords));
  return {
    ownerUrl,
    urls: eachRole((role) => urlOf(databaseRole(role))),
    port: server.port,
    pid: server.pid,
    clusterDir: runAs.clusterDir,
    stop: () => stopServer(server.pid),
  };
}

/** Ends a server whose parent was killed; does nothing when none runs for this folder. */
export async function stopLeftOver(dataDir: string): Promise<void> {
  const pid = await readServerPid(path.join(path.resolve(dataDir), 'pg'));
  if (pid !== undefined) await stopServer(pid);
}

/** Deletes the cluster of this folder, wherever it lives. The caller makes sure that nothing uses it. */
export async function removeEmbedded(dataDir: string): Promise<void> {
  await stopLeftOver(dataDir);
  const wanted = path.resolve(dataDir);
  for (const folder of [wanted, movedClusterDir(wanted)])
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function eachRole(value: (role: ApplicationRole) => string): Record<ApplicationRole, string> {
  return Object.fromEntries(applicationRoles.map((role) => [role, value(role)])) as Record<
    ApplicationRole,
    string
  >;
}

async function ensureOwnerAndDatabase(adminUrl: string, ownerPassword: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const role = await client.query('select from pg_roles where rolname = $1', [ownerRole]);
    if (role.rowCount === 0) {
      await client.query(`create role ${ownerRole} login createrole createdb password '${ownerPassword}'`);
    }
    const database = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (database.rowCount === 0) await client.query(`create database ${databaseName} owner ${ownerRole}`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
