import type { Clock } from '@metergate/core';

export interface CircuitBreakerOptions {
  /** Monotonic enough: only differences are used. */
  clock: Clock;
  /** Failures in a row that open the circuit. */
  failureThreshold?: number;
  /** How long calls are refused before one is let through to try. */
  openMs?: number;
  isFailure: (error: unknown) => boolean;
  refuse: () => Error;
}

/**
 * After several calls without an answer the next ones are refused at once instead of waiting for their timeout;
 * one trial call at a time then finds out whether the other side is back.
 */
export class CircuitBreaker {
  readonly #options: Required<CircuitBreakerOptions>;
  #failures = 0;
  #openedAtMs: number | null = null;
  #isTrialRunning = false;

  constructor(options: CircuitBreakerOptions) {
    this.#options = { failureThreshold: 3, openMs: 5_000, ...options };
  }

  get isOpen(): boolean {
    return this.#openedAtMs !== null;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const isTrial = this.#openedAtMs !== null;
    if (isTrial) {
      if (this.#isTrialRunning || !this.#isTrialDue()) throw this.#options.refuse();
      this.#isTrialRunning = true;
    }
    try {
      const result = await call();
      this.#close();
      return result;
    } catch (error) {
      // A refusal is an answer too: the other side is there.
      if (this.#options.isFailure(error)) this.#countFailure();
      else this.#close();
      throw error;
    } finally {
      if (isTrial) this.#isTrialRunning = false;
    }
  }

  #isTrialDue(): boolean {
    const elapsed = this.#options.clock.now().getTime() - (this.#openedAtMs ?? 0);
    // A clock stepped backwards must not keep the circuit open for hours.
    return elapsed < 0 || elapsed >= this.#options.openMs;
  }

  #countFailure(): void {
    this.#failures += 1;
    if (this.#failures >= this.#options.failureThreshold) {
      this.#openedAtMs = this.#options.clock.now().getTime();
    }
  }

  #close(): void {
    this.#failures = 0;
    this.#openedAtMs = null;
  }
}
