import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';
import pg from 'pg';

interface QueryCount {
  requestId: string;
  count: number;
}

const storage = new AsyncLocalStorage<QueryCount>();

/** Runs `work` and counts every query it causes on any pool, including begin and commit. */
export function countQueries<T>(requestId: string, work: () => T): T {
  return storage.run({ requestId, count: 0 }, work);
}

/** Queries so far in the surrounding `countQueries`; undefined outside one. */
export function currentQueryCount(): { requestId: string; count: number } | undefined {
  const current = storage.getStore();
  return current === undefined ? undefined : { ...current };
}

/**
 * The client class of all pools; counting happens here because Prisma and plain SQL both end in it. On connections
 * that do not wait for answers, statements said in one go leave in one piece: each write is a call to the system and
 * wakes the server.
 */
export class CountingClient extends pg.Client {
  #isGathering = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const send = this.query;
    const isPipelined = typeof config === 'object' && 'pipeline' in config && config.pipeline === true;
    // `query` is overloaded nine times; wrapping the bound function keeps its type without repeating them.
    this.query = new Proxy(send, {
      apply: (target, _self, args) => {
        const current = storage.getStore();
        if (current !== undefined) current.count += 1;
        if (isPipelined) this.#gather();
        return Reflect.apply(target, this, args);
      },
    });
  }

  #gather(): void {
    const stream = streamOf(this);
    if (this.#isGathering || stream === undefined) return;
    this.#isGathering = true;
    stream.cork();
    queueMicrotask(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }
}

/** The driver keeps its socket to itself; without it nothing is lost but speed. */
function streamOf(client: object): { cork(): void; uncork(): void } | undefined {
  const connection: unknown = 'connection' in client ? client.connection : undefined;
  if (typeof connection !== 'object' || connection === null || !('stream' in connection)) return undefined;
  return connection.stream instanceof Socket ? connection.stream : undefined;
}
