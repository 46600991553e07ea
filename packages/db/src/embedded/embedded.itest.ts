import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from './index.ts';
import { processState } from './process-state.ts';
import type { RunAsKind } from './run-as.ts';

/** A server that was just stopped may still be tidying its folder. */
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };

const isRoot = process.getuid?.() === 0;
const settings = { shared_buffers: '16MB', max_wal_size: '128MB', min_wal_size: '32MB' };
let parent: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'metergate-embedded-'));
  // A private home directory: nobody else may pass through it.
  await chmod(parent, 0o700);
  running = [];
});
afterEach(async () => {
  for (const server of running) {
    await server.stop();
    await rm(server.clusterDir, removal);
  }
  await rm(parent, removal);
});

async function start(runAs?: RunAsKind): Promise<EmbeddedPostgres> {
  const dataDir = path.join(parent, 'data');
  const server = await startEmbedded({ dataDir, settings, ...(runAs === undefined ? {} : { runAs }) });
  running.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('committed rows survive kill -9, and the next start needs no help', async () => {
  const first = await start();
  await query(first.ownerUrl, 'create table kept (id int); insert into kept select generate_series(1, 1000)');
  process.kill(first.pid, 'SIGKILL');
  const second = await start();
  expect(second.pid).not.toBe(first.pid);
  expect(await query(second.ownerUrl, 'select count(*)::int as count from kept')).toEqual([{ count: 1000 }]);
});

test.each([
  ['its socket', 'data', true],
  ['the network where the name of a socket would be too long', 'd'.repeat(100), false],
])('it is reached through %s, and a killed one leaves none behind', async (_, folder, isLocal) => {
  const begin = async () => {
    const server = await startEmbedded({ dataDir: path.join(parent, folder), settings });
    running.push(server);
    return server;
  };
  const first = await begin();
  process.kill(first.pid, 'SIGKILL');
  const server = await begin();
  for (const url of [server.ownerUrl, server.urls.ingest]) {
    expect(await query(url, 'select inet_server_addr() is null as is_local')).toEqual([
      { is_local: isLocal },
    ]);
  }
  const sockets = (await readdir(server.clusterDir)).filter((name) => /^\.s\.PGSQL\.\d+$/.test(name));
  expect(sockets).toEqual(isLocal ? [`.s.PGSQL.${server.port}`] : []);
});

test('a new server may begin with the log of one that has run for a while', async () => {
  const dataDir = path.join(parent, 'data');
  const server = await startEmbedded({
    dataDir,
    settings: { ...settings, min_wal_size: '64MB' },
    readyWalMiB: 64,
  });
  running.push(server);
  const [current] = await query(server.ownerUrl, 'select pg_walfile_name(pg_current_wal_lsn()) as segment');
  const segments = await readdir(path.join(server.clusterDir, 'pg', 'pg_wal'));
  const ready = segments.filter((name) => /^[0-9A-F]{24}$/.test(name) && name > String(current?.segment));
  expect(ready.length).toBeGreaterThanOrEqual(3);
});

test('a server that is already running is adopted', async () => {
  const first = await start();
  const second = await start();
  expect(second).toMatchObject({ pid: first.pid, port: first.port, ownerUrl: first.ownerUrl });
  await second.stop();
  expect(await processState(first.pid)).not.toBe('postgres');
});

test('a lock file whose pid now belongs to another program does not stop the start', async () => {
  const first = await start();
  await first.stop();
  await writeFile(path.join(first.clusterDir, 'pg', 'postmaster.pid'), `${process.pid}\n`);
  const second = await start();
  expect(await query(second.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }]);
});

test('an initialisation that was killed half way is repeated', async () => {
  const draft = path.join(parent, 'data', 'pg.init');
  await mkdir(draft, { recursive: true });
  await writeFile(path.join(draft, 'PG_VERSION'), '18\n');
  const server = await start();
  expect(await query(server.urls.app, 'select current_user::text as name')).toEqual([{ name: 'mg_app' }]);
});

test('a new cluster can begin as the copy of a stopped one, and then is one of its own', async () => {
  const first = await start();
  await query(first.ownerUrl, 'create table kept (id int); insert into kept values (1)');
  const begin = (name: string) =>
    startEmbedded({ dataDir: path.join(parent, name), settings, template: first.clusterDir });
  await expect(begin('early')).rejects.toThrow('was not stopped');
  await first.stop();
  for (const name of ['one', 'two']) {
    const copy = await begin(name);
    running.push(copy);
    await query(copy.ownerUrl, 'insert into kept values (2)');
    expect(await query(copy.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }, { id: 2 }]);
  }
});

test('the owner is no superuser, durability is on, and only this machine can connect', async () => {
  const server = await start();
  const rows = await query(
    server.ownerUrl,
    `select rolsuper as is_superuser, current_setting('fsync') as fsync,
            current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as address
       from pg_roles where rolname = current_user`,
  );
  expect(rows).toEqual([{ is_superuser: false, fsync: 'on', commit: 'on', address: '127.0.0.1' }]);
  const wrong = new URL(server.ownerUrl);
  wrong.password = 'wrong';
  await expect(query(wrong.toString(), 'select 1')).rejects.toThrow(/password authentication failed/);
});

test.runIf(isRoot)('as root without user namespaces it runs from a readable copy as nobody', async () => {
  const first = await start('copy');
  expect(first.clusterDir.startsWith(parent)).toBe(false);
  await query(first.ownerUrl, 'create table kept (id int); insert into kept values (1)');
  process.kill(first.pid, 'SIGKILL');
  const second = await start('copy');
  expect(await query(second.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
});
