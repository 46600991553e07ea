import { randomUUID } from 'node:crypto';
import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Container } from '../container.ts';
import { logFailure, sendError } from './error-handler.ts';
import { toAppError } from './failure.ts';
import { measureRequests } from './metrics.route.ts';
import { createRestRouter } from './rest/rest-router.ts';
import type { RestRoute } from './rest/route.ts';

/**
 * Routes whose rate matters, ahead of logging, security headers and some eighty other routes: for a decision about a
 * limit those cost as much as deciding. They answer JSON only and set no cookie.
 */
export function createLeanRouter(container: Container, routes: readonly RestRoute[]): Router {
  const router = Router();
  const lean = routes.filter(({ isLean }) => isLean === true);
  router.use(createRestRouter(container, lean, [measureRequests(container.metrics), nameRequest]));
  router.use(failedLean(container));
  return router;
}

const nameRequest: RequestHandler = (request, response, next) => {
  request.id = randomUUID();
  response.setHeader('X-Request-Id', request.id);
  next();
};

/** What the last handler does for everybody else; the failure is still logged once, under the id that is answered. */
export function failedLean(container: Container): ErrorRequestHandler {
  // biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters
  return (thrown, request, response, _next) => {
    const error = toAppError(thrown);
    const requestId = request.id === undefined ? randomUUID() : String(request.id);
    logFailure(container.log.child({ requestId }), error);
    response.setHeader('X-Request-Id', requestId);
    sendError(response, error, requestId);
  };
}
