import type { Clock } from '@metergate/core';

/**
 * The only reader of the machine's clock. Under test seams it can be moved: the offset is kept outside
 * (settings table) so that all processes of a deployment agree, and set here whenever it changes.
 */
export class SystemClock implements Clock {
  #offsetMs = 0;
  #stepMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#offsetMs + this.#stepMs);
  }

  /** Milliseconds between business time and machine time; 0 outside tests. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  setOffsetMs(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  /** Makes this process's clock wrong by so much more, as a machine's clock that steps; moving it does not mend that. */
  step(milliseconds: number): void {
    this.#stepMs += milliseconds;
  }

  /** Makes `now()` answer the given instant and run on from there. */
  moveTo(instant: Date): void {
    this.#offsetMs = instant.getTime() - Date.now();
  }
}

/** Milliseconds of a steady counter: for durations and time-outs, never for business time. */
export function monotonicMs(): number {
  return performance.now();
}
