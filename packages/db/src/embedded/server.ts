import { spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { clusterPaths, passwordFor, superuser } from './cluster.ts';
import { removeSockets, socketFolder } from './local-socket.ts';
import { processState, readServerPid, sleep, stateAfterReaping, waitForExit } from './process-state.ts';
import type { RunAs } from './run-as.ts';

export interface RunningServer {
  port: number;
  pid: number;
  /** True when the server was already running for this folder. */
  adopted: boolean;
}

/** fsync, full_page_writes and synchronous_commit stay on everywhere; wal_compression=on is pglz. */
const defaultSettings: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Kept at hand for the next flood: while a segment is being made, all commits wait.
  min_wal_size: '512MB',
  wal_compression: 'on',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
};

/** Starts the server, or adopts the one that runs for this folder already. */
export async function startServer(input: {
  runAs: RunAs;
  secret: string;
  settings: Readonly<Record<string, string>>;
  port: number | undefined;
}): Promise<RunningServer> {
  const adopted = await adopt(input.runAs, input.secret);
  if (adopted !== undefined) return adopted;
  for (let attempt = 1; attempt <= 5; attempt++) {
    const started = await spawnServer(input, input.port ?? (await freePort()));
    if (started !== undefined) return started;
    // The port was taken meanwhile, or processes of a killed server are still leaving.
    await sleep(attempt * 300);
  }
  throw new Error(`PostgreSQL did not start; its log says:\n${await logTail(clusterPaths(input.runAs).log)}`);
}

/** Fast shutdown: open transactions are rolled back, the data is flushed. */
export async function stopServer(pid: number): Promise<void> {
  if ((await processState(pid)) !== 'postgres') return;
  process.kill(pid, 'SIGINT');
  if (await waitForExit(pid, 15_000)) return;
  process.kill(pid, 'SIGQUIT');
  await waitForExit(pid, 5_000);
}

/** Connection string of the bootstrap superuser. */
export function superuserUrl(port: number, secret: string): string {
  return `postgresql://${superuser}:${passwordFor(secret, superuser)}@127.0.0.1:${port}/postgres`;
}

/**
 * Decides what an existing lock file means. A live server is used. The file of a dead one stays: the new server
 * checks by it that no process of the old one still writes. Only when the pid now belongs to something else
 * (typical after a container restart), or nobody reaps the dead process, would the server refuse for ever.
 */
async function adopt(runAs: RunAs, secret: string): Promise<RunningServer | undefined> {
  const paths = clusterPaths(runAs);
  const pid = await readServerPid(paths.data);
  if (pid === undefined) return undefined;
  if ((await processState(pid)) === 'postgres') {
    const port = Number(await readFile(paths.port, 'utf8').catch(() => ''));
    if (port > 0 && (await waitUntilReady({ url: superuserUrl(port, secret), pid, limitMs: 15_000 }))) {
      return { port, pid, adopted: true };
    }
    if (!(await waitForExit(pid, 15_000))) {
      throw new Error(
        `Another PostgreSQL (pid ${pid}) uses ${paths.data} and does not answer. Stop it first.`,
      );
    }
  }
  if ((await stateAfterReaping(pid)) !== 'gone') {
    await rm(path.join(paths.data, 'postmaster.pid'), { force: true });
  }
  return undefined;
}

async function spawnServer(
  input: { runAs: RunAs; secret: string; settings: Readonly<Record<string, string>> },
  port: number,
): Promise<RunningServer | undefined> {
  const { runAs, secret } = input;
  const paths = clusterPaths(runAs);
  await removeSockets(runAs);
  const sockets = { unix_socket_directories: socketFolder(runAs) ?? '' };
  const settings = { ...defaultSettings, ...sockets, ...input.settings, port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args } = runAs.command('postgres', ['-D', paths.data, ...flags]);
  await writeFile(paths.port, String(port));
  const log = await open(paths.log, 'a');
  // Detached, so that Ctrl-C in a terminal reaches the application first and the database is stopped last.
  const child = spawn(file, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
  });
  await log.close();
  const failed = new Promise<false>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
  });
  child.unref();
  const pid = child.pid;
  if (pid === undefined) return undefined;
  const ready = waitUntilReady({ url: superuserUrl(port, secret), pid, limitMs: 60_000 });
  return (await Promise.race([ready, failed])) ? { port, pid, adopted: false } : undefined;
}

async function waitUntilReady(input: { url: string; pid: number; limitMs: number }): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < input.limitMs; waitedMs += 25) {
    const client = new pg.Client({ connectionString: input.url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return true;
    } catch {
      const state = await processState(input.pid);
      if (state === 'gone' || state === 'zombie') return false;
      await sleep(25);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function logTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
