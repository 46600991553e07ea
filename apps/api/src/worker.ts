import type { Container } from './container.ts';

/** Starts the background jobs of this process; they stop with the lifecycle. */
export async function startWorker(container: Container): Promise<void> {
  container.log.info({ role: container.env.ROLE }, 'worker started');
}
