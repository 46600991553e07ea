import { toNodeHandler } from 'better-auth/node';
import express, { type Request, type RequestHandler, Router } from 'express';
import { foreignAddress, isOwnAddress } from '../http/own-path.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import { createEndSessionsRouter } from './end-sessions.ts';
import { CLIENT_ADDRESS_HEADER, type SignIn } from './sign-in.ts';

const credentialPaths = new Set([
  '/sign-in/email',
  '/sign-up/email',
  '/request-password-reset',
  '/reset-password',
]);

/** Sign-in, sign-up, sessions and password resets; before any JSON parser, because the library reads the body. */
export function createSignInRouter(options: {
  signIn: SignIn;
  rateLimits: RateLimits;
  publicUrl: string;
  allowedOrigins: readonly string[];
}): Router {
  const router = Router();
  const handle = toNodeHandler(options.signIn);
  router.use(nameClientAddress);
  router.get('/*splat', (request, _response, next) => {
    checkReturnAddresses(request.query, options.publicUrl);
    next();
  });
  router.post('/*splat', peekBody, async (request, _response, next) => {
    checkReturnAddresses(request.body, options.publicUrl);
    // Whoever changes a password wants everybody else out; the library leaves that to the caller.
    if (request.path === '/change-password') request.body.revokeOtherSessions = true;
    if (credentialPaths.has(request.path)) await countAttempt(options.rateLimits, request);
    else await options.rateLimits.count('session', `address:${request.ip ?? 'unknown'}`);
    next();
  });
  router.use(createEndSessionsRouter(options));
  router.all('/*splat', (request, response) => handle(request, response));
  return router;
}

const nameClientAddress: RequestHandler = (request, _response, next) => {
  request.headers[CLIENT_ADDRESS_HEADER] = request.ip ?? 'unknown';
  next();
};

/** The library takes an already parsed body as it is. */
const peekBody = express.json({ limit: 20_000, inflate: false });

const returnFields = ['redirectTo', 'callbackURL', 'errorCallbackURL', 'newUserCallbackURL'];

/** @throws RETURN_PATH_FOREIGN */
function checkReturnAddresses(fields: unknown, publicUrl: string): void {
  if (typeof fields !== 'object' || fields === null) return;
  for (const field of returnFields) {
    const value: unknown = Reflect.get(fields, field);
    if (value === undefined) continue;
    if (typeof value !== 'string' || !isOwnAddress(value, publicUrl)) throw foreignAddress();
  }
}

/** By address and by account, so that neither many addresses nor many accounts get around it. */
async function countAttempt(rateLimits: RateLimits, request: Request): Promise<void> {
  await rateLimits.count('sign_in', `address:${request.ip ?? 'unknown'}`);
  const email: unknown = request.body?.email;
  if (typeof email === 'string')
    await rateLimits.count('sign_in', `account:${email.trim().toLowerCase().slice(0, 300)}`);
}
