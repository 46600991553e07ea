import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every response. Scripts come from our own files only; styles also from elements that carry the
 * nonce of the response, because the component library injects its theme.
 */
export function securityHeaders(options: { isHttps: boolean }): RequestHandler[] {
  return [
    (_request, response, next) => {
      response.locals.cspNonce = randomBytes(16).toString('base64');
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", (_request, response) => `'nonce-${nonceOf(response)}'`],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          workerSrc: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      strictTransportSecurity: options.isHttps ? { maxAge: 31_536_000, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      crossOriginEmbedderPolicy: false,
    }),
  ];
}

/** The value that inline styles of this response must carry. */
export function nonceOf(response: object): string {
  const locals: unknown = Reflect.get(response, 'locals');
  const nonce: unknown =
    typeof locals === 'object' && locals !== null ? Reflect.get(locals, 'cspNonce') : undefined;
  return typeof nonce === 'string' ? nonce : '';
}
