import { join } from 'node:path';
import { migrate } from '@metergate/db';
import { type EmbeddedPostgres, startEmbedded } from '@metergate/db/embedded';
import type { RunControl } from './run-control.ts';
import type { Settings } from './settings.ts';
import { StartProblem } from './start-problem.ts';

export interface Database {
  /** A login that may migrate; the application switches to narrower roles by itself. */
  url: string;
}

/** Below it lives the embedded cluster; the data folder itself also holds secrets, locks and logs. */
export function clusterFolder(settings: Settings): string {
  return join(settings.dataFolder, 'postgres');
}

/** Starts the embedded Postgres (unless DATABASE_URL names another) and brings the tables up to date. */
export async function startDatabase(settings: Settings, control: RunControl): Promise<Database> {
  const url = settings.databaseUrl ?? (await startEmbeddedDatabase(settings, control));
  control.continueUnlessStopping();
  try {
    await migrate({ ownerUrl: url, log: (line) => console.error(line) });
  } catch (error) {
    if (settings.databaseUrl === null || !isConnectionProblem(error)) throw error;
    throw new StartProblem(`DATABASE_URL cannot be reached: ${error.message}`);
  }
  return { url };
}

async function startEmbeddedDatabase(settings: Settings, control: RunControl): Promise<string> {
  const server = await startEmbedded({ dataDir: clusterFolder(settings) });
  control.register({ name: 'postgres', stop: () => server.stop(), kill: () => killServer(server) });
  return server.ownerUrl;
}

/** Postgres recovers from this by itself at the next start; it only takes longer. */
function killServer(server: EmbeddedPostgres): void {
  try {
    process.kill(server.pid, 'SIGQUIT');
  } catch {
    // It has already ended.
  }
}

function isConnectionProblem(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(E[A-Z]+|28\w{3}|3D000)$/.test(String(error.code));
}
