import process from 'node:process';

/** Something that was started and must be stopped; the last started is stopped first. */
export interface Stoppable {
  name: string;
  stop(): Promise<void>;
  /** At once, without draining. */
  kill(): void;
}

export type StopReason = { kind: 'asked' } | { kind: 'failed'; message: string };

/** The terminal, npm and the bootstrap may each deliver the same Ctrl-C. */
const SAME_KEY_PRESS_MS = 500;

/** Thrown inside the start sequence when a stop was asked for meanwhile. */
export class StopAsked extends Error {}

/** One run of the supervisor: what has been started, and whether it is to end. */
export class RunControl {
  readonly stopRequested: Promise<StopReason>;
  #resolveStop: (reason: StopReason) => void = () => undefined;
  #reason: StopReason | null = null;
  #firstSignalAt = 0;
  readonly #started: Stoppable[] = [];

  constructor() {
    this.stopRequested = new Promise((resolve) => {
      this.#resolveStop = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#onSignal());
    // The bootstrap is gone without having been able to say so.
    process.on('disconnect', () => this.requestStop({ kind: 'asked' }));
  }

  get isStopping(): boolean {
    return this.#reason !== null;
  }

  requestStop(reason: StopReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#resolveStop(reason);
  }

  /** Between two steps of the start. */
  continueUnlessStopping(): void {
    if (this.isStopping) throw new StopAsked();
  }

  register(part: Stoppable): void {
    this.#started.push(part);
  }

  async stopAll(): Promise<void> {
    for (let part = this.#started.at(-1); part !== undefined; part = this.#started.at(-1)) {
      await part.stop();
      const index = this.#started.indexOf(part);
      if (index >= 0) this.#started.splice(index, 1);
    }
  }

  #onSignal(): void {
    if (this.#firstSignalAt === 0) {
      this.#firstSignalAt = performance.now();
      console.error('\nStopping … (Ctrl-C again stops at once)');
      this.requestStop({ kind: 'asked' });
    } else if (performance.now() - this.#firstSignalAt > SAME_KEY_PRESS_MS) {
      for (const part of this.#started) part.kill();
    }
  }
}
