/** Somebody waits for an interactive call; background work only wants to be done soon. */
export type RequestLane = 'interactive' | 'background';

export interface RequestLimiterOptions {
  requestsPerSecond: number;
  /** Interactive calls give up after this long; those of the background wait for their turn. */
  patienceMs: number;
  refuse: () => Error;
  monotonicMs?: () => number;
}

interface Waiting {
  go: () => void;
  giveUp: (error: Error) => void;
  sinceMs: number;
}

/** Part of the rate that may be spent at once; the rest refills evenly, so that no second exceeds the whole. */
const BURST_SHARE = 0.1;

/**
 * Keeps this process below the number of requests that Stripe takes per second, because beyond it Stripe refuses and
 * the breaker would open. Interactive calls go first: a backlog of events never makes a buyer wait for its end.
 */
export class RequestLimiter {
  readonly #options: Required<RequestLimiterOptions>;
  readonly #burst: number;
  readonly #perMs: number;
  readonly #queues: Record<RequestLane, Waiting[]> = { interactive: [], background: [] };
  #tokens: number;
  #filledAtMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RequestLimiterOptions) {
    this.#options = { monotonicMs: () => performance.now(), ...options };
    this.#burst = Math.max(1, options.requestsPerSecond * BURST_SHARE);
    this.#perMs = Math.max(1, options.requestsPerSecond - this.#burst) / 1_000;
    this.#tokens = this.#burst;
    this.#filledAtMs = this.#options.monotonicMs();
  }

  /** Resolves when a request may leave. */
  acquire(lane: RequestLane): Promise<void> {
    return new Promise((go, giveUp) => {
      this.#queues[lane].push({ go, giveUp, sinceMs: this.#options.monotonicMs() });
      this.#serve();
    });
  }

  #serve(): void {
    const nowMs = this.#options.monotonicMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledAtMs) * this.#perMs);
    this.#filledAtMs = nowMs;
    this.#refuseImpatient(nowMs);
    while (this.#tokens >= 1) {
      const next = this.#queues.interactive.shift() ?? this.#queues.background.shift();
      if (next === undefined) return;
      this.#tokens -= 1;
      next.go();
    }
    if (this.#queues.interactive.length + this.#queues.background.length > 0) this.#serveLater();
  }

  #refuseImpatient(nowMs: number): void {
    const queue = this.#queues.interactive;
    while (queue[0] !== undefined && nowMs - queue[0].sinceMs >= this.#options.patienceMs) {
      queue.shift()?.giveUp(this.#options.refuse());
    }
  }

  #serveLater(): void {
    if (this.#timer !== undefined) return;
    const delayMs = Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#serve();
    }, delayMs);
  }
}
