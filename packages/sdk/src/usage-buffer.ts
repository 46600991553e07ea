import type { Journal } from './journal.ts';
import type { PendingLine } from './journal-keeper.ts';
import { isRefusedForGood, MetergateError } from './metergate-error.ts';
import { Outgoing } from './outgoing.ts';
import { type Tellings, tell } from './tellings.ts';
import { isObject, type Send } from './transport.ts';
import {
  type EventVerdict,
  isEventLine,
  jsonOf,
  type RejectedEvent,
  toEvent,
  toLine,
  type UsageEvent,
  verdictOn,
  verdictOnDecision,
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
  readonly outgoing: Outgoing;

  constructor(send: Send, options: UsageBufferOptions) {
    this.#send = send;
    this.#options = options;
    this.outgoing = new Outgoing({
      linesMax: options.bufferMax ?? 10_000,
      charactersMax: options.bufferCharactersMax ?? 32_000_000,
      files: options.journal?.open('usage'),
      isReadable: isEventLine,
      onDropped: (line, reason) => this.#drop([toEvent(line)], reason),
      tellings: options,
      sendAll: () => this.#sendAll(),
    });
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
    if (this.outgoing.delivery.isStopped && this.#options.journal === undefined) {
      this.#drop([toEvent(line)], 'shut_down');
      return { id, kept: Promise.resolve() };
    }
    const kept = this.outgoing.pending.push(line);
    if (this.outgoing.pending.size >= this.#batchSize) this.outgoing.delivery.now();
    else this.outgoing.delivery.soon(this.#options.flushIntervalMs ?? 1000);
    return { id, kept };
  }

  async #sendAll(): Promise<void> {
    while (!this.outgoing.delivery.isStopped) {
      await this.outgoing.pending.refill();
      const batch = this.outgoing.pending.head(this.#batchSize, batchCharactersMax);
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
    const answered = batch.flatMap((item, n) => {
      const verdict = verdictOn(item.line, results[n]);
      return verdict === undefined ? [] : [{ item, verdict }];
    });
    if (answered.length === 0) throw new Error('The server did not answer about the events.');
    const unclear = answered.flatMap(({ item, verdict }) =>
      verdict.kind === 'rejected' && verdict.isToAsk ? [{ item, verdict }] : [],
    );
    const clear = answered.filter(({ verdict }) => verdict.kind === 'taken' || !verdict.isToAsk);
    for (const { item, verdict } of clear) this.#tellRejected(item.line, verdict);
    this.outgoing.pending.settle(clear.map(({ item }) => item));
    for (const { item, verdict } of unclear) {
      this.#tellRejected(item.line, await this.#ask(item.line, verdict));
      this.outgoing.pending.settle([item]);
    }
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
    this.outgoing.pending.settle(batch);
  }

  #tellRejected(line: string, verdict: EventVerdict): void {
    if (verdict.kind !== 'rejected') return;
    const { onRejected } = this.#options;
    const { code, message } = verdict;
    tell(() => onRejected?.({ id: toEvent(line).id, code, message }));
  }

  /**
   * The same question again gets its first answer and takes nothing; another one under that id is refused. An event
   * cannot tell: it says when it happened, and the first attempt happened at another moment. A level that was granted
   * is taken by asking for it now.
   */
  async #ask(line: string, refused: RejectedEvent): Promise<EventVerdict> {
    const { meter: feature, occurredAt: _, properties: __, ...question } = toEvent(line);
    try {
      const body = { ...question, feature };
      const { body: answer } = await this.#send({
        method: 'POST',
        path: '/v1/limits/consume',
        body,
        accept: [402],
      });
      return verdictOnDecision(answer, refused);
    } catch (error) {
      // A key that may not ask never gets an answer: somebody has to look at it.
      const mayNotAsk = error instanceof MetergateError && error.status === 403;
      if (!isRefusedForGood(error) && !mayNotAsk) throw error;
      return refused;
    }
  }

  #drop(events: readonly WireEvent[], reason: string): void {
    tell(() => this.#options.onDropped?.(events, reason));
  }
}
