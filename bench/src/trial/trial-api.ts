import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { freePort, type TrialDatabase } from './trial-database.ts';

export interface TrialApi {
  url: string;
  /** False once the process has ended by itself or by a signal. */
  isRunning(): boolean;
  /** Ends the process and waits for it; does nothing when it has ended already. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Resolves when the process has ended, whoever ended it. */
  ended(): Promise<void>;
  /** A new process on the same port; resolves when it is ready. */
  start(): Promise<void>;
  /** Resident memory in bytes. */
  memory(): Promise<number>;
}

/** A run of many trials bundles it once; see `bundle-api.ts`. */
const apiMain =
  process.env.TRIAL_API ?? fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url));
const startMsMax = 60_000;

/** The real API in a process of its own with the doors for tests open and nothing but the database behind it. */
export async function startTrialApi(options: {
  database: TrialDatabase;
  dataDir: string;
  settings?: Readonly<Record<string, string>>;
}): Promise<TrialApi> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    ROLE: 'all',
    TEST_SEAMS: '1',
    LOG_LEVEL: 'silent',
    PORT: String(port),
    DATA_DIR: options.dataDir,
    DATABASE_ROLE_URLS: JSON.stringify(options.database.urls),
    AUTH_SECRET: randomBytes(32).toString('hex'),
    STRIPE_SECRET_KEY: 'sk_test_trial',
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString('hex')}`,
    // Nothing listens there: these trials are about the database alone.
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    ...options.settings,
  };
  let child: ChildProcess | undefined;
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const ended = async () => {
    if (child !== undefined && isRunning()) await once(child, 'exit');
  };
  const api: TrialApi = {
    url,
    isRunning,
    ended,
    async end(signal) {
      if (isRunning()) child?.kill(signal);
      await ended();
    },
    async start() {
      child = spawn(process.execPath, ['--max-semi-space-size=8', apiMain], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env,
      });
      await untilReady(url, isRunning);
    },
    async memory() {
      const status = await readFile(`/proc/${child?.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    },
  };
  try {
    await api.start();
  } catch (error) {
    // Nobody else knows of it yet.
    await api.end('SIGKILL');
    throw error;
  }
  return api;
}

async function untilReady(url: string, isRunning: () => boolean): Promise<void> {
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline && isRunning()) {
    const isReady = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the API did not become ready');
}
