import { listen } from '@metergate/db/metering';
import type { Container } from './container.ts';

/** Starts the background jobs of this process; they stop with the lifecycle. */
export async function startWorker(container: Container): Promise<void> {
  const { lifecycle, database, log, env } = container;
  const runner = container.background.runner();
  const wake = () => runner.wake();
  // Work that another process stored; without an answer from the database the jobs look by themselves.
  const listener = listen(database.worker, 'work', { onMessage: wake, onGap: wake });
  lifecycle.onDrain('jobs', () => runner.stop());
  lifecycle.onClose('work listener', () => listener.close());
  runner.start();
  log.info({ role: env.ROLE }, 'worker started');
}
