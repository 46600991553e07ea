import type { Send } from './transport.ts';

const entriesMax = 1000;

/** Reads with ETag: an unchanged answer costs no body. */
export function createCachedGet(send: Send): (path: string) => Promise<unknown> {
  const known = new Map<string, { etag: string; body: unknown }>();
  return async (path) => {
    const cached = known.get(path);
    const answer = await send({ method: 'GET', path, ifNoneMatch: cached?.etag, accept: [304] });
    if (answer.status === 304 && cached !== undefined) return cached.body;
    if (known.size >= entriesMax) known.clear();
    if (answer.etag !== null) known.set(path, { etag: answer.etag, body: answer.body });
    return answer.body;
  };
}
