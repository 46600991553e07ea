import process from 'node:process';
import { AppError } from '@metergate/core';
import { refuseForeignPrices } from './billing/existing-prices.ts';
import { createContainer } from './container.ts';
import { enableCrashPoints } from './crash-points.ts';
import { EnvironmentProblem, loadEnvironment } from './env.ts';
import { startServer } from './http/server.ts';
import { describeError } from './logging/logger.ts';
import { loadOutside } from './outside.ts';
import { startJobs } from './worker.ts';

/** Settings → container → HTTP and jobs, by role. Ends on SIGTERM, SIGINT and when the parent goes away. */
async function main(): Promise<void> {
  const env = loadEnvironment();
  if (env.TEST_SEAMS) enableCrashPoints(env.CRASH_AT);
  const container = createContainer(env, await loadOutside(env));
  const { log, lifecycle } = container;

  const stop = (why: string) => {
    log.info({ why }, 'stopping');
    // The event loop runs empty by itself; a handle that somebody forgot must not keep the process.
    void lifecycle.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('the parent is gone'));

  try {
    if (env.TEST_SEAMS) container.clock.setOffsetMs(await container.simulatedClock.load());
    await refuseForeignPrices(container);
    await container.metering.outage.start();
    const { port } = await startServer(container);
    log.info({ port, publicUrl: container.publicUrl, role: env.ROLE }, 'listening');
    startJobs(container);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** One clear line for what a person can fix; the details of everything else. */
function explain(error: unknown): string {
  if (error instanceof EnvironmentProblem) return error.message;
  if (error instanceof AppError && error.code === 'CATALOG_PRICE_DIFFERS') return error.userMessage;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `The port is in use (${error.message}). Set PORT to another one, or stop the program that uses it.`;
  }
  return `Metergate could not start: ${JSON.stringify(describeError(error), null, 2)}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
