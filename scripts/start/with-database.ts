import { runChild } from './child.ts';
import { apiEnvironment } from './child-environment.ts';
import { type Database, startDatabase } from './database.ts';
import { acquireInstanceLock, findLiveInstance } from './instance-lock.ts';
import { RunControl } from './run-control.ts';
import { loadOrCreateSecrets } from './secrets.ts';
import { readSettings, type Settings } from './settings.ts';
import { StartProblem } from './start-problem.ts';
import { outputOf, seedDemo, startEmulator } from './start-sequence.ts';

const commandLineProgram = 'packages/cli/src/main.ts';

/** `npm run -s metergate -- …`: the command-line tool on the running instance's database, or on one started for it. */
export function runMetergate(args: string[]): Promise<number> {
  return withDatabase(({ settings, database }) =>
    runChild({
      name: 'metergate',
      args: [commandLineProgram, ...args],
      environment: apiEnvironment(settings, loadOrCreateSecrets(settings.dataFolder), database),
      output: { to: 'terminal' },
    }),
  );
}

/** `npm run seed`: fills the demo, also without a running instance. */
export function runSeed(): Promise<number> {
  return withDatabase(async ({ settings, database, control, isInstanceRunning }) => {
    if (!settings.wantsDemo)
      throw new StartProblem('The demo is switched off (DEMO=0, or Stripe keys without DEMO=1).');
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

async function withDatabase(work: (context: DatabaseContext) => Promise<number>): Promise<number> {
  const settings = readSettings();
  const running = findLiveInstance(settings.dataFolder);
  if (running?.phase === 'starting')
    throw new StartProblem('Metergate is just starting. Try again when it is ready.');
  const control = new RunControl();
  if (running?.phase === 'running') {
    // What is registered here belongs to the running instance and is left alone.
    const database = await startDatabase({ ...settings, port: running.port }, control);
    return work({
      settings: { ...settings, port: running.port },
      database,
      control,
      isInstanceRunning: true,
    });
  }
  const lock = await acquireInstanceLock(settings.dataFolder, settings.port);
  try {
    const database = await startDatabase(settings, control);
    return await work({ settings, database, control, isInstanceRunning: false });
  } finally {
    await control.stopAll();
    lock.release();
  }
}
