import { usageIntakeBusy, usageIntakeClosed } from '@metergate/core/usage/usage.errors';
import type { UsageWriteOutcome, UsageWriter } from '@metergate/core/usage/usage.ports';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import { FairQueue } from './fair-queue.ts';

export interface UsageWriterOptions<Row> {
  /** Stores one batch in one transaction and answers in its order; called by at most `writers` at a time. */
  store: (rows: readonly Row[]) => Promise<UsageWriteOutcome[]>;
  toRow: (entry: UsageEventEntry) => Row;
  /** Told of each event after its commit. */
  onAccepted?: (entry: UsageEventEntry) => void;
  /** Two writers keep the database busy while the other batch is being prepared; more only add latency. */
  writers?: number;
  /**
   * While somebody floods the queue, one further writer serves organizations that wait with no more than this, so
   * that their few events neither wait for a full batch nor travel in one.
   */
  fewEventsMax?: number;
  batchSizeMax?: number;
  queueSizeMax?: number;
  /** Of one organization; less than everything, so that one cannot fill the queue alone. */
  organizationQueueSizeMax?: number;
}

interface Waiting<Row> {
  row: Row;
  settle: (outcome: UsageWriteOutcome) => void;
  fail: (error: unknown) => void;
}

/**
 * Joins the events of concurrent requests into batches: a batch leaves whenever a writer is free. There is no
 * timer: waiting for company costs latency and, measured, throughput too. Answers come after the commit only.
 */
export class CoalescingUsageWriter<Row> implements UsageWriter {
  readonly #options: Required<UsageWriterOptions<Row>>;
  readonly #queue = new FairQueue<Waiting<Row>>();
  #activeWriters = 0;
  #isServingFew = false;
  #largeBatches = 0;
  #isScheduled = false;
  #drained: (() => void)[] | null = null;

  constructor(options: UsageWriterOptions<Row>) {
    this.#options = {
      writers: 2,
      batchSizeMax: 1000,
      fewEventsMax: 100,
      onAccepted: () => undefined,
      queueSizeMax: 50_000,
      organizationQueueSizeMax: 25_000,
      ...options,
    };
  }

  get queuedCount(): number {
    return this.#queue.size;
  }

  async write(entries: readonly UsageEventEntry[]): Promise<UsageWriteOutcome[]> {
    if (this.#drained !== null) throw usageIntakeClosed();
    if (entries.length === 0) return [];
    this.#refuseOverflow(entries);
    return await new Promise((resolve, reject) => {
      const outcomes = new Array<UsageWriteOutcome>(entries.length);
      let open = entries.length;
      entries.forEach((entry, index) => {
        this.#queue.add(entry.organizationId, {
          row: this.#options.toRow(entry),
          settle: (outcome) => {
            outcomes[index] = outcome;
            if (outcome === 'accepted') this.#options.onAccepted(entry);
            open -= 1;
            if (open === 0) resolve(outcomes);
          },
          fail: reject,
        });
      });
      this.#schedule();
    });
  }

  /** Refuses new events and resolves when everything accepted so far is committed or failed. */
  drain(): Promise<void> {
    this.#drained ??= [];
    const waiters = this.#drained;
    return new Promise((resolve) => {
      waiters.push(resolve);
      this.#finishDraining();
    });
  }

  #refuseOverflow(entries: readonly UsageEventEntry[]): void {
    const { queueSizeMax, organizationQueueSizeMax } = this.#options;
    if (this.#queue.size + entries.length > queueSizeMax) throw usageIntakeBusy();
    for (const organizationId of new Set(entries.map((entry) => entry.organizationId))) {
      if (this.#queue.sizeOf(organizationId) + entries.length > organizationQueueSizeMax) {
        throw usageIntakeBusy();
      }
    }
  }

  /** Waits for the end of the current turn of the event loop: requests that arrived together share a batch. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#activeWriters < this.#options.writers && this.#queue.size > 0) {
        void this.#writeBatch(this.#queue.take(this.#options.batchSizeMax));
      }
      this.#serveFew();
    });
  }

  #serveFew(): void {
    const { fewEventsMax, batchSizeMax } = this.#options;
    const isFlooded = this.#largeBatches > 0 || this.#queue.hasLonger(fewEventsMax);
    if (this.#isServingFew || !isFlooded) return;
    const batch = this.#queue.take(batchSizeMax, fewEventsMax);
    if (batch.length === 0) return;
    this.#isServingFew = true;
    void this.#store(batch).finally(() => {
      this.#isServingFew = false;
      this.#afterBatch();
    });
  }

  async #writeBatch(batch: readonly Waiting<Row>[]): Promise<void> {
    const isLarge = batch.length > this.#options.fewEventsMax;
    this.#activeWriters += 1;
    if (isLarge) this.#largeBatches += 1;
    await this.#store(batch);
    this.#activeWriters -= 1;
    if (isLarge) this.#largeBatches -= 1;
    this.#afterBatch();
  }

  async #store(batch: readonly Waiting<Row>[]): Promise<void> {
    try {
      const outcomes = await this.#options.store(batch.map(({ row }) => row));
      for (const [index, { settle }] of batch.entries()) settle(outcomes[index] ?? 'not_storable');
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  #afterBatch(): void {
    if (this.#queue.size > 0) this.#schedule();
    this.#finishDraining();
  }

  #finishDraining(): void {
    const isBusy = this.#activeWriters > 0 || this.#isServingFew || this.#queue.size > 0;
    if (this.#drained === null || isBusy) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
