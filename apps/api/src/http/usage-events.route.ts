import { type RequestHandler, Router } from 'express';
import type { Container } from '../container.ts';
import { jsonBody } from './json-body.ts';
import { failedLean } from './lean.ts';
import { measureRequests } from './metrics.route.ts';
import { authenticate } from './rest/authenticate.ts';
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
    authenticate(container, 'usage:write'),
    jsonBody(container),
    record(container),
  );
  router.use(failedLean(container));
  return router;
}

function record(container: Container): RequestHandler {
  const recordUsage = createUsageRecorder(container);
  return async (request, response) => {
    const answer = await recordUsage(response.locals.actor, request.body);
    response.setHeader('Cache-Control', 'no-store');
    response.json(answer);
  };
}
