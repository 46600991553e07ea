import type { RequestHandler } from 'express';
import type { Container } from '../container.ts';
import { admitRequest } from './bodies/admit-body.ts';
import { UnreadableBody } from './bodies/read-body.ts';
import { readJson } from './bodies/read-json.ts';
import { mediaTypeRefused } from './http-errors.ts';

/** Room for a thousand usage events with properties; everything else is far smaller. */
export const JSON_BYTES_MAX = 2_000_000;

/** JSON only, never inflated: a compressed body is refused instead of unpacked. */
export function jsonBody(
  { bodyRoom, metering }: Pick<Container, 'bodyRoom' | 'metering'>,
  bytesMax = JSON_BYTES_MAX,
): RequestHandler {
  return async (request, response, next) => {
    const length = request.headers['content-length'];
    if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) {
      next();
      return;
    }
    if (request.is('application/json') !== 'application/json') throw mediaTypeRefused();
    requirePlainText(request.headers);
    const stay = admitRequest(request, response, { room: bodyRoom, bytesMax });
    request.body = await readJson(request, { stay, bytesMax, turns: metering.turns });
    next();
  };
}

function requirePlainText(headers: Readonly<Record<string, string | string[] | undefined>>): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new UnreadableBody('encoding.unsupported');
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(String(headers['content-type']))?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new UnreadableBody('charset.unsupported');
  }
}
