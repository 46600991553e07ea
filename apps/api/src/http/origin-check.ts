import type { RequestHandler } from 'express';
import { originRefused } from './http-errors.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses state changes that a foreign page sends along with our cookie. Browsers name the origin of every
 * such request; a caller that names none is no browser, and then nobody's cookie can be abused.
 */
export function originCheck(allowedOrigins: readonly string[]): RequestHandler {
  const allowed = new Set(allowedOrigins);
  return (request, _response, next) => {
    if (safeMethods.has(request.method)) return next();
    const { origin } = request.headers;
    if (origin !== undefined) return allowed.has(origin) ? next() : next(originRefused());
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' ? next() : next(originRefused());
  };
}
