import { isOutage } from './metergate-error.ts';
import { isObject, type Send } from './transport.ts';

export interface UsageEvent {
  /** Made by you and kept until acknowledged; default: a random one, so that a retry is no second event. */
  id?: string;
  /** Your own id of the organization, or ours; may be left out with an organization's key. */
  organization?: string;
  meter: string;
  /** A decimal text or a whole number. */
  quantity: string | number;
  /** When it happened; default: now. */
  occurredAt?: string | Date;
  client?: string;
  subject?: string;
  properties?: Record<string, unknown>;
}

export type WireEvent = Omit<UsageEvent, 'id' | 'occurredAt'> & { id: string; occurredAt: string };

export interface UsageBufferOptions {
  /** Events in one request, at most 1 000; default 500. */
  batchSize?: number | undefined;
  /** How long an event waits for company; default 1 s. */
  flushIntervalMs?: number | undefined;
  /** Events kept in memory while the server cannot be reached; default 10 000. */
  bufferMax?: number | undefined;
  /** Told of events that will not be sent: the buffer was full, or the server refused the request for good. */
  onDropped?: ((events: readonly WireEvent[], reason: string) => void) | undefined;
  /** Told of single events that the server refused. */
  onRejected?: ((rejection: { id: string; code: string; message: string }) => void) | undefined;
}

const retryMsMin = 200;
const retryMsMax = 30_000;

/** Events on their way: batched, retried with the same ids until acknowledged, bounded. */
export class UsageBuffer {
  readonly #send: Send;
  readonly #options: UsageBufferOptions;
  #events: WireEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;

  constructor(send: Send, options: UsageBufferOptions) {
    this.#send = send;
    this.#options = options;
  }

  get size(): number {
    return this.#events.length;
  }

  /** Never waits and never throws; answers the event's id. */
  record(event: UsageEvent): string {
    const wire = toWire(event);
    if (this.#events.length >= (this.#options.bufferMax ?? 10_000)) {
      this.#options.onDropped?.([wire], 'buffer_full');
      return wire.id;
    }
    this.#events.push(wire);
    if (this.#events.length >= this.#batchSize) void this.#drain().catch(() => undefined);
    else this.#schedule();
    return wire.id;
  }

  /** Resolves when everything recorded so far is acknowledged; rejects when the server cannot be reached in time. */
  async flush(timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let waitMs = retryMsMin;
    while (this.#events.length > 0) {
      try {
        await this.#drain();
      } catch (error) {
        const isLast = performance.now() + waitMs > deadline;
        if (isLast) throw error;
        await pause(jittered(waitMs));
        waitMs = Math.min(waitMs * 2, retryMsMax);
      }
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  get #batchSize(): number {
    return Math.min(this.#options.batchSize ?? 500, 1000);
  }

  #schedule(waitMs = this.#options.flushIntervalMs ?? 1000): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drain().catch(() =>
        this.#schedule(jittered(Math.min(Math.max(waitMs, retryMsMin) * 2, retryMsMax))),
      );
    }, waitMs);
    // A process with nothing else to do may end; `flush` is what waits for the events.
    if (isObject(this.#timer) && typeof this.#timer.unref === 'function') this.#timer.unref();
  }

  /** One request at a time; throws when a batch could not be delivered and stays in the buffer. */
  #drain(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#events.length > 0) {
      const batch = this.#events.slice(0, this.#batchSize);
      try {
        const answer = await this.#send({
          method: 'POST',
          path: '/v1/usage-events',
          body: { events: batch },
        });
        this.#reportRejected(answer.body);
      } catch (error) {
        if (isOutage(error)) throw error;
        this.#options.onDropped?.(batch, error instanceof Error ? error.message : 'refused');
      }
      this.#events = this.#events.slice(batch.length);
    }
  }

  #reportRejected(body: unknown): void {
    const results = isObject(body) && Array.isArray(body.results) ? body.results : [];
    for (const result of results) {
      if (!isObject(result) || result.status !== 'rejected') continue;
      const { id, code, message } = result;
      this.#options.onRejected?.({ id: String(id), code: String(code), message: String(message ?? '') });
    }
  }
}

function toWire(event: UsageEvent): WireEvent {
  const occurredAt = event.occurredAt ?? new Date();
  return {
    ...event,
    id: event.id ?? crypto.randomUUID(),
    occurredAt: typeof occurredAt === 'string' ? occurredAt : occurredAt.toISOString(),
  };
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
