import { countQueries, currentQueryCount } from '@metergate/db';
import type { RequestHandler } from 'express';

const REQUESTS_KEPT_MAX = 1000;
const counts = new Map<string, number>();

/** Counts the database queries of every request; only under test seams, because it keeps a list in memory. */
export const countRequestQueries: RequestHandler = (request, response, next) => {
  countQueries(String(request.id), () => {
    response.once('finish', () => remember(String(request.id)));
    next();
  });
};

/** Queries that the request caused; undefined for an unknown or long forgotten one. */
export function queriesOf(requestId: string): number | undefined {
  return counts.get(requestId);
}

function remember(requestId: string): void {
  const current = currentQueryCount();
  if (current === undefined) return;
  const oldest = counts.keys().next();
  if (counts.size >= REQUESTS_KEPT_MAX && !oldest.done) counts.delete(oldest.value);
  counts.set(requestId, current.count);
}
