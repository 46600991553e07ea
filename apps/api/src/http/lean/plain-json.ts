import type { IncomingMessage } from 'node:http';
import { announcedBytes } from '../bodies/read-body.ts';
import { JSON_BYTES_MAX } from '../json-body.ts';

/**
 * Whether a request's body is what nearly everybody sends: JSON of a known and allowed length, not compressed. All
 * others are read (or refused) by the application.
 */
export function isPlainJson(request: IncomingMessage): boolean {
  const { headers } = request;
  const length = announcedBytes(request);
  return (
    plainTypes.has(headers['content-type'] ?? '') &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    length > 0 &&
    length <= JSON_BYTES_MAX
  );
}

const plainTypes = new Set(['application/json', 'application/json; charset=utf-8']);
