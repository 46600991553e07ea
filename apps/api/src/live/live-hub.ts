import { AppError, type OrganizationId } from '@metergate/core';
import { type LiveTopic, type LiveVisitor, liveTopics, parseLivePayload } from '@metergate/db/metering';
import { describeError, type Logger } from '../logging/logger.ts';
import type { LiveStream } from './live-stream.ts';

export interface LiveHubOptions {
  log: Logger;
  /** Hears what any process announces; one connection per process, opened with the first stream. */
  listen: (handlers: { onMessage: (payload: string) => void; onGap: () => void }) => {
    close(): Promise<void>;
  };
  /** Positions of those who may go on looking. */
  listAdmitted: (visitors: readonly LiveVisitor[]) => Promise<ReadonlySet<number>>;
  announceUsage: (organizationIds: readonly OrganizationId[]) => Promise<void>;
}

/** Open pages of one person in one process; a browser allows six connections to a host anyway. */
export const streamsPerUserMax = 10;
const announceMs = 500;
const admitMs = 1_000;
const beatMs = 15_000;

/**
 * Everything between announcements in the database and open pages. Its cost does not grow with the number of pages:
 * one listening connection, one question a second who may still look, and one announcement of usage per half second.
 */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #streams = new Set<LiveStream>();
  readonly #moved = new Set<OrganizationId>();
  #listener: { close(): Promise<void> } | undefined;
  #announcing: NodeJS.Timeout | undefined;
  #admitting: NodeJS.Timeout | undefined;
  #beating: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isClosed = false;

  constructor(options: LiveHubOptions) {
    this.#options = options;
  }

  /** @throws LIVE_STREAMS_TOO_MANY */
  add(stream: LiveStream): void {
    const { userId } = stream.visitor;
    const own = [...this.#streams].filter(({ visitor }) => visitor.userId === userId);
    if (own.length >= streamsPerUserMax || this.#isClosed) throw tooManyStreams();
    this.#streams.add(stream);
    this.#listener ??= this.#options.listen({
      onMessage: (payload) => this.#hear(payload),
      // What was said while the connection was away is lost, so everybody reads everything again.
      onGap: () => this.#tellAll(liveTopics),
    });
    this.#admitting ??= setInterval(() => void this.#admit(), admitMs).unref();
    this.#beating ??= setInterval(() => this.#beat(), beatMs).unref();
  }

  remove(stream: LiveStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#admitting);
    clearInterval(this.#beating);
    this.#admitting = undefined;
    this.#beating = undefined;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Called for every accepted event; tells other processes at most twice a second. */
  usageMoved(organizationId: OrganizationId): void {
    this.#moved.add(organizationId);
    this.#announcing ??= setTimeout(() => void this.#announce(), announceMs).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#announcing);
    for (const stream of [...this.#streams]) {
      stream.end();
      this.remove(stream);
    }
    await this.#listener?.close();
  }

  #hear(payload: string): void {
    const heard = parseLivePayload(payload);
    if (heard === null) return;
    const ids = new Set(heard.organizationIds);
    for (const stream of this.#streams) {
      if (ids.has(stream.visitor.organizationId)) stream.tell([heard.topic]);
    }
  }

  #tellAll(topics: readonly LiveTopic[]): void {
    for (const stream of this.#streams) stream.tell(topics);
  }

  async #announce(): Promise<void> {
    const moved = [...this.#moved];
    this.#moved.clear();
    this.#announcing = undefined;
    try {
      await this.#options.announceUsage(moved);
    } catch (error) {
      this.#options.log.warn({ error: describeError(error) }, 'open pages are told later that usage moved');
      if (!this.#isClosed) for (const organizationId of moved) this.usageMoved(organizationId);
    }
  }

  /** Sign-out, an expired session and a lost membership end a stream within a second. */
  async #admit(): Promise<void> {
    const streams = [...this.#streams];
    // A database that stands still is asked once, not once more every second.
    if (streams.length === 0 || this.#isAsking) return;
    this.#isAsking = true;
    try {
      const admitted = await this.#options.listAdmitted(streams.map(({ visitor }) => visitor));
      for (const [position, stream] of streams.entries()) {
        if (admitted.has(position)) continue;
        stream.end();
        this.remove(stream);
      }
    } catch (error) {
      // Nobody can sign out while the database is away; the streams say nothing meanwhile either.
      this.#options.log.warn({ error: describeError(error) }, 'open pages could not be checked');
    } finally {
      this.#isAsking = false;
    }
  }

  #beat(): void {
    for (const stream of [...this.#streams]) {
      if (!stream.beat()) this.remove(stream);
    }
  }
}

function tooManyStreams(): AppError {
  return new AppError({
    code: 'LIVE_STREAMS_TOO_MANY',
    kind: 'rate_limited',
    message: `more than ${streamsPerUserMax} live streams of one person`,
    userMessage: 'Too many pages are open. They are brought up to date every few seconds instead.',
    retryAfterSeconds: 60,
  });
}
