import { isOutage } from './metergate-error.ts';
import type { Send } from './transport.ts';

/** A call that may be repeated without effect: it names what it reports. */
export interface Report {
  method: 'POST' | 'PUT';
  path: string;
  body: object;
}

export interface ReportQueueOptions {
  /** Reports kept in memory while the server cannot be reached; default 10 000. */
  reportsMax?: number | undefined;
  /** Told of reports that will not be sent: the queue was full, or the server refused them for good. */
  onReportDropped?: ((report: Report, reason: string) => void) | undefined;
}

const retryMsMin = 200;
const retryMsMax = 30_000;

/** What has happened already (ended work, levels): sent at once, or kept in order until the server takes it. */
export class ReportQueue {
  readonly #send: Send;
  readonly #options: ReportQueueOptions;
  readonly #waiting: Report[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;

  constructor(send: Send, options: ReportQueueOptions) {
    this.#send = send;
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when the server has it or it is kept. Throws what the server refuses for good. */
  async deliver(report: Report): Promise<void> {
    if (this.#waiting.length > 0) return this.#keep(report);
    try {
      await this.#send(report);
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.#keep(report);
    }
  }

  /** Resolves when nothing waits; rejects when the server cannot be reached in time. */
  async flush(timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (let waitMs = retryMsMin; this.#waiting.length > 0; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      try {
        await this.#drain();
      } catch (error) {
        if (performance.now() + waitMs > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #keep(report: Report): void {
    if (this.#waiting.length >= (this.#options.reportsMax ?? 10_000)) {
      this.#options.onReportDropped?.(report, 'queue_full');
      return;
    }
    this.#waiting.push(report);
    this.#schedule(retryMsMin);
  }

  #schedule(waitMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drain().catch(() => this.#schedule(Math.min(waitMs * 2, retryMsMax)));
    }, waitMs);
    // A process with nothing else to do may end; `flush` is what waits.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  #drain(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let report = this.#waiting[0]; report !== undefined; report = this.#waiting[0]) {
      try {
        await this.#send(report);
      } catch (error) {
        if (isOutage(error)) throw error;
        this.#options.onReportDropped?.(report, error instanceof Error ? error.message : 'refused');
      }
      this.#waiting.shift();
    }
  }
}
