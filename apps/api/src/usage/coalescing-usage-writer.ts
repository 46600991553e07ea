import { usageIntakeBusy, usageIntakeClosed } from '@metergate/core/usage/usage.errors';
import type { UsageWriteOutcome, UsageWriter } from '@metergate/core/usage/usage.ports';
import type { UsageEventEntry } from '@metergate/core/usage/usage-event';
import { Company } from './company.ts';
import { FairQueue } from './fair-queue.ts';
import { FewFirst } from './few-first.ts';

export interface UsageWriterOptions<Row> {
  /** Stores one batch in one transaction and answers in its order; called by at most `writers` at a time. */
  store: (rows: readonly Row[]) => Promise<UsageWriteOutcome[]>;
  toRow: (entry: UsageEventEntry) => Row;
  /** Told of each event after its commit. */
  onAccepted?: (entry: UsageEventEntry) => void;
  /** Two writers keep the database busy while the other batch is being prepared; more only add latency. */
  writers?: number;
  /** As many events wait for the first writer; only for more the second one starts. */
  waitingForFirstMax?: number;
  /**
   * While somebody floods the queue, one further writer serves organizations that wait with no more than this, so
   * that their few events neither wait for a full batch nor travel in one.
   */
  fewEventsMax?: number;
  batchSizeMax?: number;
  /** Of one organization's events while others report too. */
  sharedBatchSizeMax?: number;
  /** Called after every hundred events of a large request: others are heard in between. */
  giveWay?: () => Promise<void>;
  /** Told when few events are on their way; a flood's next batch waits for its word. */
  fewFirst?: FewFirst;
  monotonicMs?: () => number;
  queueSizeMax?: number;
  /** Of one organization; less than everything, so that one cannot fill the queue alone. */
  organizationQueueSizeMax?: number;
}

/** What was handed over together and is answered together. */
interface Handover {
  entries: readonly UsageEventEntry[];
  outcomes: UsageWriteOutcome[];
  /** How many outcomes are not known yet. */
  open: number;
  resolve: (outcomes: UsageWriteOutcome[]) => void;
  reject: (error: unknown) => void;
}

/** One event: its place in what it came with, and its row. */
interface Waiting<Row> {
  handover: Handover;
  index: number;
  organizationId: string;
  row: Row;
}

const eventsPerTurn = 100;

/**
 * Joins the events of concurrent requests into batches: a batch leaves whenever a writer is free. There is no
 * timer: waiting for company costs latency and, measured, throughput too. Answers come after the commit only.
 *
 * An organization that reports alone may use all writers. While others report too, a flood gets one writer and shorter
 * batches, so that on a machine with few cores somebody else's event finds the database and the disk soon.
 */
export class CoalescingUsageWriter<Row> implements UsageWriter {
  readonly #options: Required<UsageWriterOptions<Row>>;
  readonly #queue = new FairQueue<Waiting<Row>>();
  #activeWriters = 0;
  #isServingFew = false;
  #largeBatches = 0;
  /** Organizations that have a large part of a batch under way. */
  readonly #flooding = new Set<string>();
  readonly #company: Company;
  #isScheduled = false;
  #drained: (() => void)[] | null = null;

  constructor(options: UsageWriterOptions<Row>) {
    this.#options = {
      writers: 2,
      waitingForFirstMax: 50,
      batchSizeMax: 1000,
      fewEventsMax: 100,
      sharedBatchSizeMax: 250,
      giveWay: () => new Promise((resolve) => setImmediate(resolve)),
      monotonicMs: () => performance.now(),
      onAccepted: () => undefined,
      queueSizeMax: 50_000,
      organizationQueueSizeMax: 25_000,
      fewFirst: new FewFirst(options.monotonicMs ?? (() => performance.now())),
      ...options,
    };
    this.#company = new Company(this.#options.monotonicMs);
  }

  get queuedCount(): number {
    return this.#queue.size;
  }

  async write(entries: readonly UsageEventEntry[]): Promise<UsageWriteOutcome[]> {
    if (entries.length === 0) return [];
    this.#refuse(entries);
    if (entries.length <= eventsPerTurn)
      return await this.#enqueue(entries, entries.map(this.#options.toRow));
    const rows: Row[] = [];
    for (const entry of entries) {
      if (rows.length > 0 && rows.length % eventsPerTurn === 0) await this.#options.giveWay();
      rows.push(this.#options.toRow(entry));
    }
    this.#refuse(entries);
    return await this.#enqueue(entries, rows);
  }

  #enqueue(entries: readonly UsageEventEntry[], rows: readonly Row[]): Promise<UsageWriteOutcome[]> {
    return new Promise((resolve, reject) => {
      const outcomes = new Array<UsageWriteOutcome>(entries.length);
      const handover: Handover = { entries, outcomes, open: entries.length, resolve, reject };
      rows.forEach((row, index) => {
        const { organizationId } = entries[index] as UsageEventEntry;
        this.#company.note(organizationId);
        this.#queue.add(organizationId, { handover, index, organizationId, row });
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

  #refuse(entries: readonly UsageEventEntry[]): void {
    if (this.#drained !== null) throw usageIntakeClosed();
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
      const isShared = this.#company.isPresent;
      if (isShared) this.#serveFew();
      while (this.#mayWriteMore() && !this.#isResting(isShared)) {
        const batch = this.#takeBatch(isShared);
        if (batch.length === 0) break;
        void this.#writeBatch(batch);
      }
      this.#serveFew();
    });
  }

  /** A few events travel together with the next: a transaction costs as much as thirty of them. */
  #mayWriteMore(): boolean {
    const { writers, waitingForFirstMax } = this.#options;
    if (this.#activeWriters === 0) return this.#queue.size > 0;
    return this.#activeWriters < writers && this.#queue.size > waitingForFirstMax;
  }

  /** Whether the next batch waits until few events have arrived; then it is asked for again. */
  #isResting(isShared: boolean): boolean {
    const { rest } = this.#options.fewFirst;
    if (!isShared || rest === undefined) return false;
    void rest.then(() => this.#schedule());
    return true;
  }

  #takeBatch(isShared: boolean): Waiting<Row>[] {
    const { batchSizeMax, sharedBatchSizeMax } = this.#options;
    if (!isShared) return this.#queue.take(batchSizeMax);
    return this.#queue.take(
      Math.min(batchSizeMax, sharedBatchSizeMax),
      (organizationId) => !this.#flooding.has(organizationId),
    );
  }

  #serveFew(): void {
    const { fewEventsMax, batchSizeMax } = this.#options;
    const isFlooded = this.#largeBatches > 0 || this.#queue.hasLonger(fewEventsMax);
    if (this.#isServingFew || !isFlooded) return;
    const batch = this.#queue.take(batchSizeMax, (_, waiting) => waiting <= fewEventsMax);
    if (batch.length === 0) return;
    this.#isServingFew = true;
    const stored = this.#store(batch);
    this.#options.fewFirst.letPass(stored);
    void stored.finally(() => {
      this.#isServingFew = false;
      this.#afterBatch();
    });
  }

  async #writeBatch(batch: readonly Waiting<Row>[]): Promise<void> {
    const isLarge = batch.length > this.#options.fewEventsMax;
    const flooding = isLarge ? this.#floodingIn(batch) : [];
    this.#activeWriters += 1;
    if (isLarge) this.#largeBatches += 1;
    for (const organizationId of flooding) this.#flooding.add(organizationId);
    await this.#store(batch);
    for (const organizationId of flooding) this.#flooding.delete(organizationId);
    this.#activeWriters -= 1;
    if (isLarge) this.#largeBatches -= 1;
    this.#afterBatch();
  }

  #floodingIn(batch: readonly Waiting<Row>[]): string[] {
    const counts = new Map<string, number>();
    for (const { organizationId } of batch) counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1);
    return [...counts].flatMap(([id, count]) => (count > this.#options.fewEventsMax ? [id] : []));
  }

  async #store(batch: readonly Waiting<Row>[]): Promise<void> {
    try {
      const outcomes = await this.#options.store(batch.map(({ row }) => row));
      batch.forEach((waiting, index) => {
        this.#settle(waiting, outcomes[index] ?? 'not_storable');
      });
    } catch (error) {
      for (const { handover } of batch) handover.reject(error);
    }
  }

  #settle({ handover, index }: Waiting<Row>, outcome: UsageWriteOutcome): void {
    handover.outcomes[index] = outcome;
    if (outcome === 'accepted') this.#options.onAccepted(handover.entries[index] as UsageEventEntry);
    handover.open -= 1;
    if (handover.open === 0) handover.resolve(handover.outcomes);
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
