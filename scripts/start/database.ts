import { join } from 'node:path';
import process from 'node:process';
import { migrate } from '@metergate/db';
import { type EmbeddedPostgres, startEmbedded } from '@metergate/db/embedded';
import type { Settings } from '../instance/settings.ts';
import { StartProblem } from '../instance/start-problem.ts';
import type { Stoppable } from './run-control.ts';

export interface Database {
  /** A login that may migrate; the application switches to narrower roles by itself. */
  url: string;
  /** What the application connects with: of the embedded database one login per role, none of which owns anything. */
  environment: NodeJS.ProcessEnv;
  /** null: DATABASE_URL names a server that is not ours to stop. */
  server: Stoppable | null;
}

/** Below it lives the embedded cluster; the data folder itself also holds secrets, locks and logs. */
export function clusterFolder(settings: Settings): string {
  return join(settings.dataFolder, 'postgres');
}

/** Starts the embedded Postgres, or adopts the one that runs, unless DATABASE_URL names another. */
export async function startDatabase(settings: Settings): Promise<Database> {
  const { databaseUrl } = settings;
  if (databaseUrl !== null) {
    return { url: databaseUrl, environment: { DATABASE_URL: databaseUrl }, server: null };
  }
  const server = await startEmbedded({ dataDir: clusterFolder(settings) });
  return {
    url: server.ownerUrl,
    environment: { DATABASE_URL: '', DATABASE_ROLE_URLS: JSON.stringify(server.urls) },
    server: { name: 'postgres', stop: () => server.stop(), kill: () => killServer(server) },
  };
}

/** Brings the tables up to date. */
export async function migrateDatabase({ url, server }: Database): Promise<void> {
  try {
    await migrate({ ownerUrl: url, log: (line) => console.error(line) });
  } catch (error) {
    if (server !== null || !isConnectionProblem(error)) throw error;
    throw new StartProblem(`DATABASE_URL cannot be reached: ${error.message || error.code}`);
  }
}

/** Postgres recovers from this by itself at the next start; it only takes longer. */
function killServer(server: EmbeddedPostgres): void {
  try {
    process.kill(server.pid, 'SIGQUIT');
  } catch {
    // It has already ended.
  }
}

function isConnectionProblem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^(E[A-Z]+|28\w{3}|3D000)$/.test(String(error.code));
}
