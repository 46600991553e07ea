import { listen } from '@metergate/db/metering';
import type { Container } from './container.ts';
import type { JobRunner } from './jobs/runner.ts';

/** Starts the background jobs of this process by its role; they stop with the lifecycle. */
export function startJobs(
  container: Pick<Container, 'env' | 'lifecycle' | 'background' | 'database' | 'log'>,
): void {
  const { env, lifecycle, background } = container;
  const runner = background.runner();
  lifecycle.onDrain('jobs', () => runner.stop());
  if (env.ROLE === 'api') runner.start(({ isOfProcess }) => isOfProcess === true);
  else startWorker(container, runner);
}

function startWorker(
  { env, lifecycle, database, log }: Pick<Container, 'env' | 'lifecycle' | 'database' | 'log'>,
  runner: JobRunner,
): void {
  const wake = () => runner.wake();
  // Work that another process stored; without an answer from the database the jobs look by themselves.
  const listener = listen(database.worker, 'work', { onMessage: wake, onGap: wake });
  lifecycle.onClose('work listener', () => listener.close());
  runner.start();
  log.info({ role: env.ROLE }, 'worker started');
}
