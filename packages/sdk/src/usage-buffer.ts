import { Delivery } from './delivery.ts';
import type { Journal } from './journal.ts';
import type { PendingLine } from './journal-keeper.ts';
import { isRefusedForGood } from './metergate-error.ts';
import { PendingLines } from './pending-lines.ts';
import { type Tellings, tell } from './tellings.ts';
import { isObject, type Send } from './transport.ts';
import {
  isEventLine,
  jsonOf,
  toEvent,
  toLine,
  type UsageEvent,
  verdictOn,
  type WireEvent,
} from './usage-event.ts';

export interface UsageBufferOptions extends Tellings {
  /** Events in one request, at most 1 000; default 500. */
  batchSize?: number | undefined;
  /** How long an event waits for company; default 1 s. */
  flushIntervalMs?: number | undefined;
  /** Events kept in memory while the server cannot be reached; default 10 000. Beyond it a journal takes them. */
  bufferMax?: number | undefined;
  /** Room for their JSON, in characters; default 32 million. */
  bufferCharactersMax?: number | undefined;
  /** Makes what is not acknowledged survive the end of the process; see `fileJournal`. */
  journal?: Journal | undefined;
  /** Told of events that will not be sent: no room, not to be written as JSON, or refused by the server for good. */
  onDropped?: ((events: readonly WireEvent[], reason: string) => void) | undefined;
  /** Told of single events that the server refused. */
  onRejected?: ((rejection: { id: string; code: string; message: string }) => void) | undefined;
}

/** Well below what the server takes as one body; what is too much nevertheless is halved. */
const batchCharactersMax = 500_000;

/** Events on their way: batched, retried with the same ids until each is acknowledged, bounded. */
export class UsageBuffer {
  readonly #send: Send;
  readonly #options: UsageBufferOptions;
  readonly #pending: PendingLines;
  readonly #delivery: Delivery;

  constructor(send: Send, options: UsageBufferOptions) {
    this.#send = send;
    this.#options = options;
    this.#pending = new PendingLines({
      linesMax: options.bufferMax ?? 10_000,
      charactersMax: options.bufferCharactersMax ?? 32_000_000,
      files: options.journal?.open('usage'),
      isReadable: isEventLine,
      onDropped: (line, reason) => this.#drop([toEvent(line)], reason),
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

  /** Never waits and never throws; answers the event's id. */
  record(event: UsageEvent): string {
    return this.#put(event, { isGranted: false }).id;
  }

  /** Resolves when the event is in the journal: it will be counted, also when this process ends at once. */
  async keep(event: UsageEvent, { isGranted = false } = {}): Promise<string> {
    const { id, kept } = this.#put(event, { isGranted });
    await kept;
    return id;
  }

  /** Resolves when everything recorded so far is acknowledged; rejects when the server cannot be reached in time. */
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

  get #batchSize(): number {
    return Math.min(this.#options.batchSize ?? 500, 1000);
  }

  #put(event: UsageEvent, how: { isGranted: boolean }): { id: string; kept: Promise<void> } {
    const { id = crypto.randomUUID(), occurredAt = new Date(), ...rest } = event;
    let line: string;
    try {
      const at = typeof occurredAt === 'string' ? occurredAt : occurredAt.toISOString();
      line = toLine({ id, ...rest, occurredAt: at }, how);
    } catch {
      this.#drop([{ id, ...rest, occurredAt: String(occurredAt) }], 'no_json');
      return { id, kept: Promise.resolve() };
    }
    if (this.#delivery.isStopped && this.#options.journal === undefined) {
      this.#drop([toEvent(line)], 'shut_down');
      return { id, kept: Promise.resolve() };
    }
    const kept = this.#pending.push(line);
    if (this.#pending.size >= this.#batchSize) this.#delivery.now();
    else this.#delivery.soon(this.#options.flushIntervalMs ?? 1000);
    return { id, kept };
  }

  async #sendAll(): Promise<void> {
    while (!this.#delivery.isStopped) {
      await this.#pending.refill();
      const batch = this.#pending.head(this.#batchSize, batchCharactersMax);
      if (batch.length === 0) return;
      await this.#sendBatch(batch);
    }
  }

  /** Settles at least one of them, or throws. */
  async #sendBatch(batch: readonly PendingLine[]): Promise<void> {
    const body = `{"events":[${batch.map(({ line }) => jsonOf(line)).join(',')}]}`;
    let answer: unknown;
    try {
      answer = (await this.#send({ method: 'POST', path: '/v1/usage-events', body })).body;
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      await this.#giveUp(batch, error instanceof Error ? error.message : 'refused');
      return;
    }
    const results = isObject(answer) && Array.isArray(answer.results) ? answer.results : [];
    const answered = batch.filter(({ line }, n) => this.#isAnswered(line, results[n]));
    this.#pending.settle(answered);
    if (answered.length === 0) throw new Error('The server did not answer about the events.');
  }

  /** One event that no server takes must not take the others of its request with it. */
  async #giveUp(batch: readonly PendingLine[], reason: string): Promise<void> {
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await this.#sendBatch(batch.slice(0, middle));
      await this.#sendBatch(batch.slice(middle));
      return;
    }
    this.#drop(
      batch.map(({ line }) => toEvent(line)),
      reason,
    );
    this.#pending.settle(batch);
  }

  #isAnswered(line: string, result: unknown): boolean {
    const verdict = verdictOn(line, result);
    const { onRejected } = this.#options;
    if (verdict?.isRejected === true) {
      const { code, message } = verdict;
      tell(() => onRejected?.({ id: toEvent(line).id, code, message }));
    }
    return verdict !== undefined;
  }

  #drop(events: readonly WireEvent[], reason: string): void {
    tell(() => this.#options.onDropped?.(events, reason));
  }
}
