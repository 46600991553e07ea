import { AsyncLocalStorage } from 'node:async_hooks';
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

/** The client class of all pools; counting happens here because Prisma and plain SQL both end in it. */
export class CountingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const send = this.query;
    // `query` is overloaded nine times; wrapping the bound function keeps its type without repeating them.
    this.query = new Proxy(send, {
      apply: (target, _self, args) => {
        const current = storage.getStore();
        if (current !== undefined) current.count += 1;
        return Reflect.apply(target, this, args);
      },
    });
  }
}
