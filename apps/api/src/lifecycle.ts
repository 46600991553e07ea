import { describeError, type Logger } from './logging/logger.ts';

export interface Lifecycle {
  isDraining(): boolean;
  /** `drain` runs first and together (stop taking work), in any order. */
  onDrain(name: string, step: () => Promise<void>): void;
  /** `close` runs afterwards, last registered first (release what the drained parts used). */
  onClose(name: string, step: () => Promise<void>): void;
  /** Idempotent; a step that fails is logged and does not keep the others from running. */
  stop(): Promise<void>;
}

interface Step {
  name: string;
  run: () => Promise<void>;
}

export function createLifecycle(log: Logger): Lifecycle {
  const drainSteps: Step[] = [];
  const closeSteps: Step[] = [];
  let stopped: Promise<void> | undefined;

  async function attempt(step: Step): Promise<void> {
    try {
      await step.run();
    } catch (error) {
      log.error({ step: step.name, error: describeError(error) }, 'a step of the shutdown failed');
    }
  }

  async function run(): Promise<void> {
    await Promise.all(drainSteps.map(attempt));
    for (const step of closeSteps.toReversed()) await attempt(step);
  }

  return {
    isDraining: () => stopped !== undefined,
    onDrain: (name, step) => drainSteps.push({ name, run: step }),
    onClose: (name, step) => closeSteps.push({ name, run: step }),
    stop() {
      stopped ??= run();
      return stopped;
    },
  };
}
