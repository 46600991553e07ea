import { Delivery } from './delivery.ts';
import type { Journal } from './journal.ts';
import { isOutage, isRefusedForGood } from './metergate-error.ts';
import { PendingLines } from './pending-lines.ts';
import { type Tellings, tell } from './tellings.ts';
import { isObject, type Send } from './transport.ts';

/** A call that may be repeated without effect: it names what it reports. */
export interface Report {
  method: 'POST' | 'PUT';
  path: string;
  body: object;
}

export interface ReportQueueOptions extends Tellings {
  /** Reports kept in memory while the server cannot be reached; default 10 000. */
  reportsMax?: number | undefined;
  journal?: Journal | undefined;
  /** Told of reports that will not be sent: the queue was full, or the server refused them for good. */
  onReportDropped?: ((report: Report, reason: string) => void) | undefined;
}

const charactersMax = 32_000_000;

/** What has happened already (ended work, levels): sent at once, or kept in order until the server takes it. */
export class ReportQueue {
  readonly #send: Send;
  readonly #options: ReportQueueOptions;
  readonly #pending: PendingLines;
  readonly #delivery: Delivery;

  constructor(send: Send, options: ReportQueueOptions) {
    this.#send = send;
    this.#options = options;
    this.#pending = new PendingLines({
      linesMax: options.reportsMax ?? 10_000,
      charactersMax,
      files: options.journal?.open('reports'),
      isReadable: (line) => toReport(line) !== undefined,
      onDropped: (line, reason) => this.#drop(line, reason === 'buffer_full' ? 'queue_full' : reason),
      onJournalFailed: (error) => tell(() => options.onJournalFailed?.(error)),
    });
    this.#delivery = new Delivery({
      work: () => this.#sendAll(),
      hasWork: () => !this.#pending.isEmpty,
      onFailed: (error) => tell(() => options.onDeliveryFailed?.(error)),
    });
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Resolves when the server has it or it is kept. Throws what the server refuses. */
  async deliver(report: Report): Promise<void> {
    if (!this.#pending.isEmpty) return this.#keep(report);
    try {
      await this.#send(report);
    } catch (error) {
      if (!isOutage(error)) throw error;
      await this.#keep(report);
    }
  }

  /** Resolves when everything kept so far is delivered; rejects when the server cannot be reached in time. */
  async flush(timeoutMs = 10_000): Promise<void> {
    await this.#delivery.flush(this.#pending.untilSettled(), timeoutMs);
  }

  async takeLeftOvers(): Promise<void> {
    await this.#pending.takeLeftOvers();
    if (!this.#pending.isEmpty) this.#delivery.now();
  }

  async stop(waitMs: number): Promise<void> {
    await this.#delivery.stop(waitMs);
    await this.#pending.release();
  }

  async #keep({ method, path, body }: Report): Promise<void> {
    const kept = this.#pending.push(JSON.stringify({ method, path, body }));
    this.#delivery.soon(0);
    await kept;
  }

  async #sendAll(): Promise<void> {
    while (!this.#delivery.isStopped) {
      await this.#pending.refill();
      const [next] = this.#pending.head(1, charactersMax);
      if (next === undefined) return;
      const report = toReport(next.line);
      try {
        if (report !== undefined) await this.#send(report);
      } catch (error) {
        if (!isRefusedForGood(error)) throw error;
        this.#drop(next.line, error instanceof Error ? error.message : 'refused');
      }
      this.#pending.settle([next]);
    }
  }

  #drop(line: string, reason: string): void {
    const report = toReport(line);
    if (report !== undefined) tell(() => this.#options.onReportDropped?.(report, reason));
  }
}

function toReport(line: string): Report | undefined {
  try {
    const report: unknown = JSON.parse(line);
    return isObject(report) && isObject(report.body) ? (report as unknown as Report) : undefined;
  } catch {
    return undefined;
  }
}
