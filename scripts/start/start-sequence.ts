import { mkdirSync } from 'node:fs';
import { type LocalSecrets, loadOrCreateSecrets } from '../instance/secrets.ts';
import type { Settings } from '../instance/settings.ts';
import { StartProblem } from '../instance/start-problem.ts';
import { type ChildOptions, startChild } from './child.ts';
import { apiEnvironment, emulatorEnvironment, emulatorFolder } from './child-environment.ts';
import { buildConsoleInRun, consoleFolder, hasConsole, viteProgram } from './console-build.ts';
import { migrateDatabase, startDatabase } from './database.ts';
import { beginDemo, endDemo, isDatabaseNew, isDemoUnfinished } from './demo-progress.ts';
import { waitUntilListening, waitUntilReady } from './readiness.ts';
import { deleteInstanceData } from './reset-database.ts';
import type { RunControl } from './run-control.ts';
import type { RunKind } from './supervisor.ts';
import { addressFor, printWelcome } from './welcome.ts';

const CHILD_GRACE_MS = 10_000;
const LISTEN_SECONDS_MAX = 30;
const READY_SECONDS_MAX = 90;
const apiProgram = 'apps/api/src/main.ts';
const emulatorProgram = 'packages/stripe-emulator/src/main.ts';
const seedProgram = 'apps/api/src/scripts/seed.ts';

/**
 * Database → emulator → demo → API, and the console beside the first three. Each step registers what it started, so that
 * a stop can undo it.
 */
export async function startAll(settings: Settings, kind: RunKind, control: RunControl): Promise<void> {
  const startedAt = performance.now();
  const secrets = loadOrCreateSecrets(settings.dataFolder);
  if (isDemoUnfinished(settings)) {
    console.error('The demo was interrupted while it was made; it is made anew');
    await deleteInstanceData(settings);
  }
  const isNew = isDatabaseNew(settings);
  const output = outputOf(settings, kind);
  const isBuilt = kind === 'start' && hasConsole();
  const building = isBuilt
    ? buildConsoleInRun(control, { environment: settings.environment, output })
    : Promise.resolve();
  // Awaited before the application starts; a build that fails before then must not look forgotten.
  building.catch(() => undefined);
  console.error(
    settings.databaseUrl === null ? 'Starting the database' : 'Using the database of DATABASE_URL',
  );
  const database = await startDatabase(settings);
  if (database.server) control.register(database.server);
  control.continueUnlessStopping();
  await migrateDatabase(database);
  control.continueUnlessStopping();

  if (settings.usesEmulator) await startEmulator({ settings, control, output }, secrets);
  control.continueUnlessStopping();

  const environment = apiEnvironment(settings, secrets, database);
  await Promise.all([building, makeDemo({ settings, control, isNew }, environment)]);
  control.continueUnlessStopping();

  console.error('Starting the application');
  // Sessions are bound to the origin that people open, which in development is Vite's.
  if (kind === 'dev') environment.PUBLIC_URL ??= addressFor(settings, kind);
  const before = kind === 'dev' ? 'scripts/start/watch-program.ts' : '--max-semi-space-size=8';
  launch(control, { name: 'api', args: [before, apiProgram], environment, output });
  const readyUrl = `http://127.0.0.1:${settings.port}/readyz`;
  await waitUntilReady(readyUrl, READY_SECONDS_MAX, () => control.isStopping);
  control.continueUnlessStopping();

  if (kind === 'dev' && hasConsole()) {
    launch(control, { name: 'console', args: [viteProgram], cwd: consoleFolder, environment, output });
  }
  printWelcome(settings, kind, performance.now() - startedAt);
}

/** Before the application: webhooks of the simulated months must not reach one that lives in the present. */
async function makeDemo(
  { settings, control, isNew }: { settings: Settings; control: RunControl; isNew: boolean },
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (!settings.wantsDemo) return;
  if (isNew) beginDemo(settings);
  await seedDemo(control, environment);
  endDemo(settings);
}

interface ChildContext {
  settings: Settings;
  control: RunControl;
  output: ChildOptions['output'];
}

export async function startEmulator(context: ChildContext, secrets: LocalSecrets): Promise<void> {
  const { settings, control, output } = context;
  mkdirSync(emulatorFolder(settings), { recursive: true });
  launch(control, {
    name: 'stripe-emulator',
    args: [emulatorProgram],
    environment: emulatorEnvironment(settings),
    output,
  });
  await waitUntilListening(settings.emulatorPort, LISTEN_SECONDS_MAX, () => control.isStopping);
  control.continueUnlessStopping();
  await registerWebhooks(settings, secrets);
}

/** With the secret that the application is given; the same address twice is the same endpoint. */
async function registerWebhooks(settings: Settings, secrets: LocalSecrets): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${settings.emulatorPort}/_emu/webhook_endpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      url: `http://127.0.0.1:${settings.port}/api/webhooks/stripe`,
      secret: secrets.emulatorWebhookSecret,
      enabledEvents: ['*'],
    }),
  });
  if (!response.ok) {
    throw new Error(
      `The Stripe emulator refused the webhook endpoint: ${response.status} ${await response.text()}`,
    );
  }
}

export function outputOf(settings: Settings, kind: RunKind): ChildOptions['output'] {
  return kind === 'dev' ? { to: 'terminal' } : { to: 'file', folder: `${settings.dataFolder}/logs` };
}

/** The death of a part that should run for ever ends everything: half a system would only confuse. */
function launch(control: RunControl, options: ChildOptions): void {
  const child = startChild(options);
  control.register({ name: child.name, stop: () => child.stop(CHILD_GRACE_MS), kill: child.kill });
  void child.ended.then(({ description }) => control.requestStop({ kind: 'failed', message: description }));
}

/** The seed itself knows whether it has been there, and reports its progress to the terminal. */
export async function seedDemo(control: RunControl, environment: NodeJS.ProcessEnv): Promise<void> {
  console.error('Preparing the demo');
  // Months in a minute or two make short-lived objects faster than the usual room for them is emptied.
  const args = ['--max-semi-space-size=64', seedProgram];
  const seed = startChild({ name: 'seed', args, environment, output: { to: 'terminal' } });
  control.register({ name: seed.name, stop: () => seed.stop(CHILD_GRACE_MS), kill: seed.kill });
  const { code, description } = await seed.ended;
  control.continueUnlessStopping();
  if (code !== 0)
    throw new StartProblem(`The demo could not be seeded: ${description} Without it: DEMO=0 npm start.`);
}
