import { acquireInstanceLock, findLiveInstance } from '../instance/instance-lock.ts';
import { loadOrCreateSecrets } from '../instance/secrets.ts';
import { readSettings, type Settings } from '../instance/settings.ts';
import { StartProblem } from '../instance/start-problem.ts';
import { apiEnvironment } from './child-environment.ts';
import { type Database, migrateDatabase, startDatabase } from './database.ts';
import { RunControl } from './run-control.ts';
import { runForeground } from './run-foreground.ts';
import { outputOf, seedDemo, startEmulator } from './start-sequence.ts';

const commandLineProgram = 'packages/cli/src/main.ts';

/** `npm run -s metergate -- …`: the command-line tool on the running instance's database, or on one started for it. */
export function runMetergate(args: string[]): Promise<number> {
  return withDatabase(({ settings, database, control }) => {
    const environment = apiEnvironment(settings, loadOrCreateSecrets(settings.dataFolder), database);
    return runForeground(control, {
      name: 'metergate',
      args: [commandLineProgram, ...args],
      environment: { ...environment, DATABASE_URL: database.url },
    });
  });
}

/** `npm run seed`: fills the demo, also without a running instance. */
export function runSeed(): Promise<number> {
  return withDatabase(async ({ settings, database, control, isInstanceRunning }) => {
    if (!settings.wantsDemo) {
      throw new StartProblem('The demo is switched off (DEMO=0, or Stripe keys without DEMO=1).');
    }
    const secrets = loadOrCreateSecrets(settings.dataFolder);
    if (settings.usesEmulator && !isInstanceRunning) {
      await startEmulator({ settings, control, output: outputOf(settings, 'start') }, secrets);
    }
    await seedDemo(control, apiEnvironment(settings, secrets, database));
    return 0;
  });
}

interface DatabaseContext {
  settings: Settings;
  database: Database;
  control: RunControl;
  isInstanceRunning: boolean;
}

type Work = (context: DatabaseContext) => Promise<number>;

async function withDatabase(work: Work): Promise<number> {
  const settings = readSettings();
  const running = findLiveInstance(settings.dataFolder);
  if (running?.phase === 'starting') {
    throw new StartProblem('Metergate is just starting. Try again when it is ready.');
  }
  if (running?.phase === 'running') return withRunningInstance({ ...settings, port: running.port }, work);
  return withOwnDatabase(settings, work);
}

/** Its database is adopted and never stopped from here. */
async function withRunningInstance(settings: Settings, work: Work): Promise<number> {
  const control = new RunControl();
  const database = await startDatabase(settings);
  try {
    return await work({ settings, database, control, isInstanceRunning: true });
  } finally {
    await control.stopAll();
  }
}

async function withOwnDatabase(settings: Settings, work: Work): Promise<number> {
  const lock = await acquireInstanceLock(settings.dataFolder, settings.port);
  const control = new RunControl();
  try {
    const database = await startDatabase(settings);
    if (database.server) control.register(database.server);
    await migrateDatabase(database);
    return await work({ settings, database, control, isInstanceRunning: false });
  } finally {
    await control.stopAll();
    lock.release();
  }
}
