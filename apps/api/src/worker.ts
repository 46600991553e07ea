import type { Container } from './container.ts';

/** Starts the background jobs of this process; they stop with the lifecycle. */
export async function startWorker(container: Container): Promise<void> {
  const runner = container.background.runner();
  container.lifecycle.onDrain('jobs', () => runner.stop());
  runner.start();
  container.log.info({ role: container.env.ROLE }, 'worker started');
}
