import { Gauge, type Registry } from 'prom-client';
import { monotonicMs } from '../../clock/system-clock.ts';
import { bodyRoomFull } from '../http-errors.ts';

/**
 * Some hundred plain batches of a thousand events, four times what one organization has waiting in the queue of the
 * writer. Read and taken apart, an event needs five to ten times the memory of its text.
 */
const roomBytesMax = 20_000_000;
/** Bodies up to this are small: a part of the room is theirs alone, so that a flood of large ones refuses no single event. */
const smallBytesMax = 16_384;
const partForAll = 0.8;
/** What one sender holds is at most this multiple of what stays free: three quarters of the room when it is alone. */
const shareOfFree = 3;
/** A body that takes longer holds what has arrived of it, not what it announced. */
const slowAfterMs = 2000;
const relieveEveryMs = 250;

/** The room of one body, from before its first byte is read until its request is answered. */
export interface BodyStay {
  /** @throws BODY_ROOM_FULL for what was not announced and does not fit any more */
  arrive(bytes: number): void;
  /** All of it has arrived. */
  complete(): void;
  /** Gives the room back; once, however often it is called. */
  leave(): void;
}

interface Held {
  sender: string;
  bytes: number;
  arrived: number;
  since: number;
}

/**
 * Memory for bodies of requests, bounded for the whole process: the queue of the writer counts events that were read,
 * what is still being read or waits to be taken apart would otherwise grow with the number of connections alone. A
 * body is admitted for its announced length before any of it is read; one without a length is counted as it arrives.
 */
export class BodyRoom {
  readonly #bytesMax: number;
  readonly #monotonicMs: () => number;
  readonly #bytesBySender = new Map<string, number>();
  readonly #arriving = new Set<Held>();
  #bytes = 0;
  #relievedAt = Number.NEGATIVE_INFINITY;

  constructor(options: { bytesMax?: number; monotonicMs?: () => number; registry?: Registry } = {}) {
    this.#bytesMax = options.bytesMax ?? roomBytesMax;
    this.#monotonicMs = options.monotonicMs ?? monotonicMs;
    if (options.registry !== undefined) this.#measure(options.registry);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * `announced` is the length as stated, 0 for a body that states none.
   * @throws BODY_ROOM_FULL before anything of the body was read
   */
  enter(sender: string, announced: number): BodyStay {
    const held: Held = { sender, bytes: 0, arrived: 0, since: this.#monotonicMs() };
    this.#take(held, announced);
    this.#arriving.add(held);
    return {
      arrive: (bytes) => {
        held.arrived += bytes;
        if (held.arrived > held.bytes) this.#take(held, held.arrived - held.bytes);
      },
      complete: () => void this.#arriving.delete(held),
      leave: () => {
        this.#arriving.delete(held);
        this.#giveBack(held, held.bytes);
      },
    };
  }

  #take(held: Held, bytes: number): void {
    if (!this.#fits(held, bytes)) {
      this.#relieve();
      if (!this.#fits(held, bytes)) throw bodyRoomFull();
    }
    this.#bytes += bytes;
    held.bytes += bytes;
    this.#bytesBySender.set(held.sender, this.#bytesOf(held.sender) + bytes);
  }

  #fits({ sender, bytes: already }: Held, bytes: number): boolean {
    const isSmall = already + bytes <= smallBytesMax;
    const free = this.#bytesMax * (isSmall ? 1 : partForAll) - this.#bytes - bytes;
    return free >= 0 && this.#bytesOf(sender) + bytes <= shareOfFree * free;
  }

  #bytesOf(sender: string): number {
    return this.#bytesBySender.get(sender) ?? 0;
  }

  /** Whoever announces much and sends it slowly, or not at all, does not keep others out. */
  #relieve(): void {
    const now = this.#monotonicMs();
    if (now - this.#relievedAt < relieveEveryMs) return;
    this.#relievedAt = now;
    for (const held of this.#arriving) {
      if (now - held.since >= slowAfterMs) this.#giveBack(held, held.bytes - held.arrived);
    }
  }

  #giveBack(held: Held, bytes: number): void {
    if (bytes <= 0) return;
    held.bytes -= bytes;
    this.#bytes -= bytes;
    const left = this.#bytesOf(held.sender) - bytes;
    if (left > 0) this.#bytesBySender.set(held.sender, left);
    else this.#bytesBySender.delete(held.sender);
  }

  #measure(registry: Registry): void {
    const room = this;
    new Gauge({
      name: 'http_body_bytes',
      help: 'Bytes of request bodies that are being read or not answered yet.',
      registers: [registry],
      collect() {
        this.set(room.#bytes);
      },
    });
  }
}
