/** Business time. Injected everywhere so that tests, the demo and the time machine can move it. */
export interface Clock {
  /** The current instant; a fresh Date each call. */
  now(): Date;
}

/** A clock that stands still until moved; for tests, previews and simulated histories. */
export class FixedClock implements Clock {
  #now: number;

  constructor(now: Date) {
    this.#now = now.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(now: Date): void {
    this.#now = now.getTime();
  }

  advanceSeconds(seconds: number): void {
    this.#now += seconds * 1000;
  }
}
