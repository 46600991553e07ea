import { type RequestHandler, Router } from 'express';
import { requireScope } from '../auth/actor.ts';
import { authenticateApiKey } from '../auth/api-key.ts';
import type { Container } from '../container.ts';
import { jsonBody } from './json-body.ts';
import { failedLean } from './lean.ts';
import { measureRequests } from './metrics.route.ts';
import { createUsageRecorder } from './usage-recorder.ts';

/**
 * `POST /v1/usage-events` ahead of logging, security headers and the general parsers, for requests that are not plain
 * enough for the lean server. It answers JSON only and sets no cookie.
 */
export function createUsageEventsRouter(container: Container): Router {
  const router = Router();
  router.post(
    '/v1/usage-events',
    measureRequests(container.metrics),
    authenticate(container),
    ...jsonBody(),
    record(container),
  );
  router.use(failedLean(container));
  return router;
}

/** Before the body is read: a stranger's megabytes are not parsed. */
function authenticate(container: Container): RequestHandler {
  return async (request, response, next) => {
    const actor = await authenticateApiKey(container, request);
    requireScope(actor, 'usage:write');
    response.locals.actor = actor;
    next();
  };
}

function record(container: Container): RequestHandler {
  const recordUsage = createUsageRecorder(container);
  return async (request, response) => {
    const answer = await recordUsage(response.locals.actor, request.body);
    response.setHeader('Cache-Control', 'no-store');
    response.json(answer);
  };
}
