import { isOutage } from './metergate-error.ts';
import type { Answer, Send } from './transport.ts';

const entriesMax = 1000;
/** How long an earlier answer stands in for a server that cannot be reached. */
const lastKnownMs = 15 * 60_000;

/** Reads with ETag: an unchanged answer costs no body. During an outage the last answer, while it is recent. */
export function createCachedGet(send: Send): (path: string) => Promise<unknown> {
  const known = new Map<string, { etag: string | null; body: unknown; at: number }>();
  return async (path) => {
    const cached = known.get(path);
    let answer: Answer;
    try {
      answer = await send({ method: 'GET', path, ifNoneMatch: cached?.etag ?? undefined, accept: [304] });
    } catch (error) {
      if (cached === undefined || !isOutage(error) || performance.now() - cached.at > lastKnownMs)
        throw error;
      return cached.body;
    }
    const isUnchanged = answer.status === 304 && cached !== undefined;
    const { etag, body } = isUnchanged ? cached : answer;
    if (known.size >= entriesMax) known.clear();
    known.set(path, { etag, body, at: performance.now() });
    return body;
  };
}
