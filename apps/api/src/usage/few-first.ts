/** Few events and decisions take some ten milliseconds; behind a database that hangs nobody rests for longer. */
const restMsMax = 40;

/**
 * Lets few events and decisions go first: on a machine with few cores large work that goes on beside them costs them
 * more than waiting in a queue would. Large work rests while they are on their way, and afterwards goes on undisturbed for as
 * long as it rested, so that nobody can stop it with them.
 */
export class FewFirst {
  readonly #monotonicMs: () => number;
  #rest: Promise<void> | undefined;
  #undisturbedUntil = Number.NEGATIVE_INFINITY;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Resolves when large work may go on; undefined when nothing speaks against it. */
  get rest(): Promise<void> | undefined {
    return this.#rest;
  }

  /** Something small is on its way until `arrived` settles, which it must not do by failing. */
  letPass(arrived: Promise<void>): void {
    const startedAt = this.#monotonicMs();
    if (this.#rest !== undefined || startedAt < this.#undisturbedUntil) return;
    let patience: NodeJS.Timeout | undefined;
    const outOfPatience = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, restMsMax);
    });
    this.#rest = Promise.race([arrived, outOfPatience]).then(() => {
      clearTimeout(patience);
      const now = this.#monotonicMs();
      this.#undisturbedUntil = now + (now - startedAt);
      this.#rest = undefined;
    });
  }
}
