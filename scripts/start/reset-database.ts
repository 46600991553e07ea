import { existsSync, rmSync } from 'node:fs';
import { startEmbedded } from '@metergate/db/embedded';
import { acquireInstanceLock, findLiveInstance } from '../instance/instance-lock.ts';
import { readSettings, type Settings } from '../instance/settings.ts';
import { StartProblem } from '../instance/start-problem.ts';
import { emulatorFolder } from './child-environment.ts';
import { clusterFolder } from './database.ts';
import { endDemo } from './demo-progress.ts';

/** Deletes the embedded database. Stops nothing that runs: a live instance or an outside database refuses it. */
export async function resetDatabase(): Promise<number> {
  const settings = readSettings();
  const { dataFolder, databaseUrl, port } = settings;
  if (databaseUrl !== null) {
    throw new StartProblem(
      'DATABASE_URL names a database that is not ours to delete. Unset it to reset the embedded one.',
    );
  }
  const running = findLiveInstance(dataFolder);
  if (running !== null) {
    throw new StartProblem(
      `Metergate runs (process ${running.pid}). Stop it first, then reset the database.`,
    );
  }
  if (!existsSync(dataFolder)) {
    console.error('There is no embedded database yet.');
    return 0;
  }
  const lock = await acquireInstanceLock(dataFolder, port);
  try {
    await deleteInstanceData(settings);
    console.error('The embedded database is deleted. The next start makes a new one.');
    return 0;
  } finally {
    lock.release();
  }
}

/** The embedded database and what the emulated Stripe knows, which mirror each other. */
export async function deleteInstanceData(settings: Settings): Promise<void> {
  const cluster = clusterFolder(settings);
  // A killed supervisor leaves its server behind; files must not vanish below it.
  if (existsSync(cluster)) await (await startEmbedded({ dataDir: cluster })).stop();
  for (const folder of [cluster, emulatorFolder(settings)]) {
    rmSync(folder, { recursive: true, force: true });
  }
  endDemo(settings);
}
