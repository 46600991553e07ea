import type { LiveTopic, LiveVisitor } from '@metergate/db/metering';

/** The part of a response that a stream needs. */
export interface EventSink {
  /** False = the buffer is full; wait for `onDrain`. */
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  onDrain(listener: () => void): void;
}

/** A reader that takes nothing for so long is given up; it connects again when it can. */
const stuckMsMax = 30_000;

/**
 * One open page. It only ever says *what* is different: the page then asks with its own rights, so a stream cannot
 * show anybody a number. What cannot be written yet is merged, so a slow reader costs a set of three words.
 */
export class LiveStream {
  readonly visitor: LiveVisitor;
  readonly #sink: EventSink;
  readonly #monotonicMs: () => number;
  readonly #waiting = new Set<LiveTopic>();
  #blockedSinceMs: number | undefined;
  #lastId: number;

  constructor(visitor: LiveVisitor, sink: EventSink, options: { monotonicMs: () => number; lastId: number }) {
    this.visitor = visitor;
    this.#sink = sink;
    this.#monotonicMs = options.monotonicMs;
    this.#lastId = options.lastId;
    sink.onDrain(() => {
      this.#blockedSinceMs = undefined;
      this.#flush();
    });
  }

  tell(topics: Iterable<LiveTopic>): void {
    for (const topic of topics) this.#waiting.add(topic);
    this.#flush();
  }

  /** Keeps proxies from closing a quiet connection; false = the reader is stuck and was cut off. */
  beat(): boolean {
    if (this.#blockedSinceMs === undefined) {
      this.#write(': still here\n\n');
      return true;
    }
    if (this.#monotonicMs() - this.#blockedSinceMs < stuckMsMax) return true;
    this.#sink.destroy();
    return false;
  }

  /** A reader that takes nothing would keep the connection open for what it has not taken. */
  end(): void {
    if (this.#blockedSinceMs === undefined) this.#sink.end();
    else this.#sink.destroy();
  }

  #flush(): void {
    if (this.#waiting.size === 0 || this.#blockedSinceMs !== undefined) return;
    const topics = [...this.#waiting];
    this.#waiting.clear();
    this.#lastId += 1;
    this.#write(`id: ${this.#lastId}\nevent: changed\ndata: ${JSON.stringify({ topics })}\n\n`);
  }

  #write(text: string): void {
    if (!this.#sink.write(text)) this.#blockedSinceMs = this.#monotonicMs();
  }
}
