import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './trial-database.ts';

const run = promisify(execFile);
/** Debian's user without rights, which every Linux has; PostgreSQL refuses to run as root. */
const nobody = { uid: 65_534, gid: 65_534 };
const startMsMax = 20_000;

/** A PostgreSQL that was installed with all its programs; the one that comes with the project cannot dump. */
export interface WholePostgres {
  version: string;
  ownerUrl(database: string): string;
  createDatabase(name: string): Promise<void>;
  /** `pg_dump` in the custom format. */
  dump(database: string, file: string): Promise<void>;
  restore(database: string, file: string): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of the newest installation, or undefined. `PG_BINDIR` names another one. */
export async function findPostgresPrograms(): Promise<string | undefined> {
  if (process.env.PG_BINDIR !== undefined) return process.env.PG_BINDIR;
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
}

/** Starts a durable server of its own; its owner may make roles and databases and is no superuser. */
export async function startWholePostgres(programs: string): Promise<WholePostgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-p22-'));
  const asUser = process.getuid?.() === 0 ? nobody : {};
  if (process.getuid?.() === 0) await chown(folder, nobody.uid, nobody.gid);
  const data = path.join(folder, 'data');
  await run(
    path.join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'],
    asUser,
  );
  const port = await freePort();
  const settings = [
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ];
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...settings], {
    ...asUser,
    stdio: 'ignore',
  });
  const url = (user: string, database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`;
  const superuser = await connected(url('postgres', 'postgres'));
  await superuser.query('create role metergate login createrole createdb');
  const { rows } = await superuser.query<{ server_version: string }>('show server_version');
  return {
    version: rows[0]?.server_version ?? 'unknown',
    ownerUrl: (database) => url('metergate', database),
    createDatabase: async (name) => void (await superuser.query(`create database ${name} owner metergate`)),
    dump: async (database, file) => {
      await mkdir(path.dirname(file), { recursive: true });
      // The owner is bound by row level security too; its own policies let it read everything.
      const options = ['--enable-row-security', '-Fc', '-f', file, '-d', url('metergate', database)];
      await run(path.join(programs, 'pg_dump'), options);
    },
    restore: async (database, file) => {
      const options = ['--no-owner', '--exit-on-error', '-d', url('metergate', database), file];
      await run(path.join(programs, 'pg_restore'), options);
    },
    async stop() {
      await superuser.end();
      server.kill('SIGINT');
      await new Promise((resolve) => server.once('exit', resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const deadline = performance.now() + startMsMax;
  for (;;) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
