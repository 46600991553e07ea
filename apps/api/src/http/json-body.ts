import express, { type RequestHandler } from 'express';
import { mediaTypeRefused } from './http-errors.ts';

/** Room for a thousand usage events with properties; everything else is far smaller. */
export const JSON_BYTES_MAX = 2_000_000;

/** JSON only, never inflated: a compressed body is refused instead of unpacked. */
export function jsonBody(bytesMax = JSON_BYTES_MAX): RequestHandler[] {
  return [
    requireJson,
    express.json({ limit: bytesMax, inflate: false, strict: false, type: 'application/json' }),
  ];
}

const requireJson: RequestHandler = (request, _response, next) => {
  const length = request.headers['content-length'];
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!hasBody || request.is('application/json') === 'application/json') next();
  else next(mediaTypeRefused());
};
