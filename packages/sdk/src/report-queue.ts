import type { Journal } from './journal.ts';
import { isOutage, isRefusedForGood } from './metergate-error.ts';
import { Outgoing } from './outgoing.ts';
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
  readonly outgoing: Outgoing;

  constructor(send: Send, options: ReportQueueOptions) {
    this.#send = send;
    this.#options = options;
    this.outgoing = new Outgoing({
      linesMax: options.reportsMax ?? 10_000,
      charactersMax,
      files: options.journal?.open('reports'),
      isReadable: (line) => toReport(line) !== undefined,
      onDropped: (line, reason) => this.#drop(line, reason === 'buffer_full' ? 'queue_full' : reason),
      tellings: options,
      sendAll: () => this.#sendAll(),
    });
  }

  /** Resolves when the server has it or it is kept. Throws what the server refuses. */
  async deliver(report: Report): Promise<void> {
    if (!this.outgoing.pending.isEmpty) return this.#keep(report);
    try {
      await this.#send(report);
    } catch (error) {
      if (!isOutage(error)) throw error;
      await this.#keep(report);
    }
  }

  async #keep({ method, path, body }: Report): Promise<void> {
    const kept = this.outgoing.pending.push(JSON.stringify({ method, path, body }));
    this.outgoing.delivery.soon(0);
    await kept;
  }

  async #sendAll(): Promise<void> {
    while (!this.outgoing.delivery.isStopped) {
      await this.outgoing.pending.refill();
      const [next] = this.outgoing.pending.head(1, charactersMax);
      if (next === undefined) return;
      const report = toReport(next.line);
      try {
        if (report !== undefined) await this.#send(report);
      } catch (error) {
        if (!isRefusedForGood(error)) throw error;
        this.#drop(next.line, error instanceof Error ? error.message : 'refused');
      }
      this.outgoing.pending.settle([next]);
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
