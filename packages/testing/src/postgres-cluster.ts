import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApplicationRole, applicationRoles, migrate } from '@metergate/db';
import { startEmbedded, stopLeftOver } from '@metergate/db/embedded';
import pg from 'pg';

/** What a test needs to make itself a database; crosses from the set-up process to the workers. */
export interface TestCluster {
  /** Login that may create databases. */
  ownerUrl: string;
  /** A login per role; undefined on an external server, where one login switches roles. */
  urls: Readonly<Record<ApplicationRole, string>> | undefined;
  /** Migrated and never connected to, so that it can be cloned. */
  template: string;
}

const clustersDir = path.join(
  fileURLToPath(new URL('../../../', import.meta.url)),
  '.cache',
  'test-postgres',
);

/** Starts a cluster of its own (or uses `externalUrl`), and migrates one template database in it. */
export async function startTestCluster(
  externalUrl: string | undefined,
): Promise<{ cluster: TestCluster; stop: () => Promise<void> }> {
  const template = `metergate_template_${randomBytes(6).toString('hex')}`;
  if (externalUrl !== undefined) {
    await makeTemplate(externalUrl, template);
    return {
      cluster: { ownerUrl: externalUrl, urls: undefined, template },
      stop: () => dropDatabase(externalUrl, template),
    };
  }
  await removeLeftOvers();
  const dataDir = path.join(clustersDir, `${process.pid}-${randomBytes(3).toString('hex')}`);
  await mkdir(dataDir, { recursive: true });
  // Durability stays on as in production; only the memory is smaller, because several runs share a machine.
  const server = await startEmbedded({
    dataDir,
    settings: { shared_buffers: '64MB', max_wal_size: '512MB', min_wal_size: '80MB' },
  });
  await makeTemplate(server.ownerUrl, template);
  return {
    cluster: { ownerUrl: server.ownerUrl, urls: server.urls, template },
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Addresses of another database of the same cluster. */
export function addressesOf(cluster: TestCluster, database: string) {
  const urls = cluster.urls;
  return {
    ownerUrl: onDatabase(cluster.ownerUrl, database),
    urls:
      urls === undefined
        ? undefined
        : (Object.fromEntries(
            applicationRoles.map((role) => [role, onDatabase(urls[role], database)]),
          ) as Record<ApplicationRole, string>),
  };
}

export async function createFromTemplate(cluster: TestCluster, database: string): Promise<void> {
  await administer(cluster.ownerUrl, `create database ${database} template ${cluster.template}`);
}

/** Autovacuum in a database belongs to the server itself, which its owner may not end: it is waited for. */
export async function dropDatabase(ownerUrl: string, database: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await administer(ownerUrl, `drop database if exists ${database} with (force)`);
    } catch (error) {
      if (attempt === dropAttemptsMax || !isNotPermitted(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

const dropAttemptsMax = 25;

function isNotPermitted(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42501';
}

async function makeTemplate(ownerUrl: string, template: string): Promise<void> {
  await administer(ownerUrl, `create database ${template}`);
  await migrate({ ownerUrl: onDatabase(ownerUrl, template) });
}

async function administer(ownerUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function onDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.toString();
}

/** A run that was killed leaves its server and folder behind; the folder's name says whose it was. */
async function removeLeftOvers(): Promise<void> {
  if (!existsSync(clustersDir)) return;
  for (const name of await readdir(clustersDir)) {
    const ownerPid = Number.parseInt(name, 10);
    if (!Number.isInteger(ownerPid) || isAlive(ownerPid)) continue;
    const dataDir = path.join(clustersDir, name);
    await stopLeftOver(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
