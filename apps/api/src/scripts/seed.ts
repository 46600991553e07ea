import process from 'node:process';
import { createContainer } from '../container.ts';
import { EnvironmentProblem, loadEnvironment } from '../env.ts';
import { startServer } from '../http/server.ts';
import { stripeApiBase } from '../jobs/background.ts';
import { readDemoMarker, writeDemoMarker } from './seed/demo-marker.ts';
import { EmulatorControl } from './seed/emulator-control.ts';
import { runDemo } from './seed/run-demo.ts';
import { writeWithoutWaiting } from './seed/write-without-waiting.ts';

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Fills an empty instance with the demo, once. It listens on the application's port itself, because webhooks of the
 * simulated months must not reach an application that lives in the present: run it before that one starts.
 */
async function main(): Promise<void> {
  // Invented mishaps are part of the demo; their alerts would only look like real ones.
  const env = { ...loadEnvironment(), LOG_LEVEL: 'silent' as const };
  if (!env.DEMO) return tell('The demo is switched off (DEMO=0).');
  const base = stripeApiBase(env);
  if (base === null) return tell('The demo is made with the Stripe emulator only; nothing was made.');
  const container = createContainer(env);
  writeWithoutWaiting(container);
  // No webhook is lost here, and looking for lost ones at every turn would take as long as all the rest.
  container.background.skippedSchedules.add('reconcile-stripe');
  // It lives in the past: whoever waits for the application must go on waiting.
  container.readinessChecks.push({ name: 'demo', isReady: async () => false });
  const emulator = new EmulatorControl(base);
  try {
    const marker = await readDemoMarker(container);
    if (marker === 'done') return;
    if (marker === 'started') {
      await emulator.release();
      return tell(
        'An earlier preparation of the demo was interrupted. `npm run db:reset` makes a fresh one.',
      );
    }
    const startedMs = performance.now();
    await startServer(container);
    await writeDemoMarker(container, 'started');
    const { organizations, usageEvents } = await runDemo(container, emulator, tell);
    await emulator.release();
    await writeDemoMarker(container, 'done');
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    tell(`The demo has ${organizations} organizations and ${usageEvents} usage events (${seconds} s).`);
  } finally {
    await container.lifecycle.stop();
  }
}

function explain(error: unknown): string {
  if (error instanceof EnvironmentProblem) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'The demo is prepared before the application starts, and its port is in use: stop the application first.';
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  },
);
