import type { IdSource } from '@metergate/core';
import type { ReceiptLog } from '@metergate/core/limits/limits.ports';
import type { ReceiptRow } from '@metergate/db/metering';

export interface ReceiptLogOptions {
  ids: IdSource;
  store: (receipts: readonly ReceiptRow[]) => Promise<void>;
  onLost: (count: number, error: unknown) => void;
}

const batchSizeMax = 1000;
const queueSizeMax = 20_000;
/** Nobody waits for these receipts, and a transaction of its own for a few of them costs as much as fifty of them. */
const gatherMs = 25;

/** Receipts of allowed checks wait here and are written together, one batch at a time. */
export class BatchedReceiptLog implements ReceiptLog {
  readonly #options: ReceiptLogOptions;
  #queue: ReceiptRow[] = [];
  #work: Promise<void> | null = null;

  constructor(options: ReceiptLogOptions) {
    this.#options = options;
  }

  note(...[terms, verdict, levels]: Parameters<ReceiptLog['note']>): string {
    const id = this.#options.ids.next();
    if (this.#queue.length >= queueSizeMax) this.#options.onLost(1, new Error('receipt queue is full'));
    else this.#queue.push({ id, terms, verdict, levels });
    this.#work ??= this.#writeAll();
    return id;
  }

  async keep(...[terms, verdict, levels]: Parameters<ReceiptLog['keep']>): Promise<string> {
    const id = this.#options.ids.next();
    await this.#options.store([{ id, terms, verdict, levels }]);
    return id;
  }

  /** Resolves when everything noted so far is written or given up. */
  async drain(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      const batch = this.#queue.slice(0, batchSizeMax);
      this.#queue = this.#queue.slice(batchSizeMax);
      try {
        await this.#options.store(batch);
      } catch (error) {
        this.#options.onLost(batch.length, error);
      }
    }
    this.#work = null;
  }
}
