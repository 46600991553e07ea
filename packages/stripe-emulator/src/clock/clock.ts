export type ClockMode =
  | { kind: 'real' }
  | { kind: 'offset'; offsetMs: number }
  | { kind: 'frozen'; atMs: number };

/** The emulator's business time, in milliseconds; webhook signatures use the wall clock instead. */
export class Clock {
  #mode: ClockMode;
  #override: number | null = null;
  readonly #wallMs: () => number;

  constructor(mode: ClockMode, wallMs: () => number = () => Date.now()) {
    this.#mode = mode;
    this.#wallMs = wallMs;
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  nowMs(): number {
    if (this.#override !== null) return this.#override;
    switch (this.#mode.kind) {
      case 'real':
        return this.#wallMs();
      case 'offset':
        return this.#wallMs() + this.#mode.offsetMs;
      case 'frozen':
        return this.#mode.atMs;
    }
  }

  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  setMode(mode: ClockMode): void {
    this.#mode = mode;
  }

  /** Moves to an instant; a running clock keeps running from there. */
  moveTo(atMs: number, isFrozen: boolean): void {
    this.#mode = isFrozen ? { kind: 'frozen', atMs } : { kind: 'offset', offsetMs: atMs - this.#wallMs() };
  }

  /** Runs work as if it happened at that instant: due work is done at its due time, not when it is noticed. */
  at<T>(atMs: number, work: () => T): T {
    const before = this.#override;
    this.#override = atMs;
    try {
      return work();
    } finally {
      this.#override = before;
    }
  }
}
