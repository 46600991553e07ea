import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, type Database, migrate } from '@metergate/db';
import { startEmbedded } from '@metergate/db/embedded';
import pg from 'pg';
import { cpuMsOf, residentMiBOf } from './cpu-time.ts';

export interface MeasuredInstance {
  url: string;
  key: string;
  organizationId: string;
  database: Database;
  owner: pg.Pool;
  /** Processor time used so far. */
  cpuMs(): { api: number; postgres: number };
  /** Resident memory of the API in MiB. */
  apiMemoryMiB(): number;
  /** Lets the API collect its garbage; needs the option `collects`. */
  collect(): Promise<void>;
  stop(): Promise<void>;
}

const apiMain = fileURLToPath(new URL('../../apps/api/src/main.ts', import.meta.url));
const collectOnSignal = fileURLToPath(new URL('collect-on-signal.ts', import.meta.url));
const startMsMax = 90_000;
const readyWalMiB = 1024;
/** A full collection of the heaps seen here takes a quarter of a second on a busy machine. */
const collectionMs = 2_000;

/** A durable PostgreSQL of its own and the real API in a process of its own, as an operator would run them. */
export async function startMeasuredInstance(
  options: { scopes?: readonly string[]; collects?: boolean } = {},
): Promise<MeasuredInstance> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'metergate-bench-'));
  const server = await startEmbedded({ dataDir, readyWalMiB });
  await migrate({ ownerUrl: server.ownerUrl });
  const owner = new pg.Pool({ connectionString: server.ownerUrl, max: 2 });
  // Connections that are idle when the server stops would otherwise end this program.
  owner.on('error', () => undefined);
  const database = createDatabase({ urls: server.urls });
  const key = `mg_${randomBytes(24).toString('base64url')}`;
  const organizationId = randomUUID();
  const scopes = options.scopes ?? ['usage:write', 'limits:check', 'limits:consume'];
  await fill(owner, { key, organizationId, scopes });
  const port = await freePort();
  const flags = options.collects === true ? ['--expose-gc', '--import', collectOnSignal] : [];
  const api = startApi({ port, dataDir, roleUrls: server.urls, flags });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url);
  return {
    url,
    key,
    organizationId,
    database,
    owner,
    cpuMs: () => ({ api: cpuMsOf(api.pid ?? 0), postgres: cpuMsOf(server.pid) }),
    apiMemoryMiB: () => residentMiBOf(api.pid ?? 0),
    async collect() {
      api.kill('SIGUSR2');
      await new Promise((resolve) => setTimeout(resolve, collectionMs));
    },
    async stop() {
      api.kill('SIGTERM');
      await new Promise((resolve) => api.once('exit', resolve));
      await Promise.all([database.close(), owner.end()]);
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function fill(
  owner: pg.Pool,
  { key, organizationId, scopes }: { key: string; organizationId: string; scopes: readonly string[] },
): Promise<void> {
  await owner.query(
    `insert into organizations (id, slug, name, external_id, email, currency)
     values ($1, 'acme', 'Acme', 'acme', 'acme@example.com', 'USD')`,
    [organizationId],
  );
  await owner.query(
    `insert into limit_overrides (organization_id, id, feature, unlimited, limit_quantity, reason, created_by)
     values ($1, $2, 'execution', false, 1000000000, 'bench', 'bench')`,
    [organizationId, randomUUID()],
  );
  await owner.query(
    `insert into api_keys (id, name, key_hash, key_prefix, scopes)
     values ($1, 'bench', $2, 'mg_', $3)`,
    [randomUUID(), createHash('sha256').update(key).digest(), scopes],
  );
}

function startApi(settings: {
  port: number;
  dataDir: string;
  roleUrls: object;
  flags: readonly string[];
}): ChildProcess {
  // BENCH_NODE_ARGS='--cpu-prof --cpu-prof-dir=…' shows where the time of the API goes.
  const given = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter((flag) => flag !== '');
  return spawn(process.execPath, ['--max-semi-space-size=8', ...given, ...settings.flags, apiMain], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ROLE: 'api',
      LOG_LEVEL: 'error',
      PORT: String(settings.port),
      DATA_DIR: settings.dataDir,
      DATABASE_ROLE_URLS: JSON.stringify(settings.roleUrls),
      AUTH_SECRET: randomBytes(32).toString('hex'),
      STRIPE_SECRET_KEY: 'sk_test_bench',
      STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString('hex')}`,
    },
  });
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline) {
    const isReady = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the API did not become ready');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
