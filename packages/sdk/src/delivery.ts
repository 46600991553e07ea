import { MetergateError } from './metergate-error.ts';

export interface DeliveryOptions {
  /** Sends everything that waits; rejects when some of it has to wait longer. */
  work: () => Promise<void>;
  hasWork: () => boolean;
  /** Told of every attempt that failed. */
  onFailed: (error: unknown) => void;
}

const retryMsMin = 200;
const retryMsMax = 30_000;

/**
 * One attempt at a time. After a failure nothing is sent until the wait is over: twice as long as the last one, a
 * random part less so that not everybody comes back at once, and never sooner than the server asks for.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #waitMs = retryMsMin;
  #retryAt = 0;
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Sends within that time, or when the wait after a failure is over. */
  soon(waitMs: number): void {
    if (this.#isStopped || this.#running !== undefined || this.#timer !== undefined) return;
    const retryMs = this.#retryAt - performance.now();
    this.#timer = setTimeout(() => void this.#run().catch(() => undefined), Math.max(waitMs, retryMs));
    // A process with nothing else to do sends what it has once, and does not stay for a server that is away.
    if (retryMs > 0 && typeof this.#timer === 'object') this.#timer.unref?.();
  }

  /** Sends now, unless the wait after a failure is not over. */
  now(): void {
    if (this.#retryAt > performance.now()) this.soon(0);
    else if (!this.#isStopped) void this.#run().catch(() => undefined);
  }

  /** Tries at once and again until it is done. Rejects with the last failure when that is not in time. */
  async flush(done: Promise<void>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    this.#waitMs = retryMsMin;
    while (!isDone) {
      try {
        await before(deadline, Promise.race([done, this.#run()]));
        // What is being written to the disk is not lost, and not there to be sent yet.
        if (!isDone) await pause(1);
      } catch (error) {
        if (this.#retryAt > deadline || performance.now() >= deadline) throw error;
        await Promise.race([done, pause(this.#retryAt - performance.now())]);
      }
    }
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Begins nothing more, and waits that long for the answer to what is on its way. */
  async stop(waitMs: number): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await before(performance.now() + waitMs, this.#running ?? Promise.resolve()).catch(() => undefined);
  }

  #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#attempt();
    return this.#running;
  }

  async #attempt(): Promise<void> {
    try {
      await this.#options.work();
      this.#waitMs = retryMsMin;
      this.#retryAt = 0;
    } catch (error) {
      const asked = error instanceof MetergateError ? (error.retryAfterMs ?? 0) : 0;
      this.#retryAt = performance.now() + Math.max(jittered(this.#waitMs), Math.min(asked, retryMsMax));
      this.#waitMs = Math.min(this.#waitMs * 2, retryMsMax);
      this.#options.onFailed(error);
      throw error;
    } finally {
      this.#running = undefined;
      if (this.#options.hasWork()) this.soon(0);
    }
  }
}

async function before(deadline: number, running: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error('Not everything was delivered in time.'));
    timer = setTimeout(fail, Math.max(0, deadline - performance.now()));
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
