import { createHash } from 'node:crypto';
import type { RestAnswer } from './route.ts';

/** Answers 304 when the caller already holds this very body. */
export function withETag(body: unknown, ifNoneMatch: string | undefined): RestAnswer {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`;
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  return holds(ifNoneMatch, etag) ? { status: 304, headers } : { status: 200, body, headers };
}

function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((part) => ['*', etag].includes(part.trim().replace(/^W\//, '')));
}
