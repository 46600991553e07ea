import { toPublicId } from '@metergate/core';
import { recordUsage } from '@metergate/core/usage/record-usage';
import { usageBatchMalformed, usageBatchTooLarge } from '@metergate/core/usage/usage.errors';
import { usageBatchSizeMax } from '@metergate/core/usage/usage.schemas';
import { type RequestHandler, Router } from 'express';
import { requireScope } from '../auth/actor.ts';
import { authenticateApiKey } from '../auth/api-key.ts';
import type { Container } from '../container.ts';
import { jsonBody } from './json-body.ts';
import { failedLean } from './lean.ts';

/**
 * `POST /v1/usage-events` ahead of logging, security headers and the general parsers: for single events that
 * middleware would cost more than storing them. It answers JSON only and sets no cookie.
 */
export function createUsageEventsRouter(container: Container): Router {
  const router = Router();
  router.post('/v1/usage-events', authenticate(container), ...jsonBody(), record(container));
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

const fewEventsMax = 100;

/** Reading a large batch takes milliseconds in which nobody else is heard: one for each round of the event loop. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

function record(container: Container): RequestHandler {
  const turns = new Turns();
  return async (request, response) => {
    const { actor } = response.locals;
    const events = eventsOf(request.body);
    if (events.length > fewEventsMax) await turns.next();
    const answer = await recordUsage(container.metering.usage, {
      actor,
      events,
      source: 'api',
      defaultOrganization: actor.organizationId && toPublicId('organization', actor.organizationId),
    });
    response.setHeader('Cache-Control', 'no-store');
    response.json(answer);
  };
}

/** @throws USAGE_BATCH_MALFORMED, USAGE_BATCH_TOO_LARGE */
export function eventsOf(body: unknown): readonly unknown[] {
  const events = typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined;
  if (!Array.isArray(events) || events.length === 0) throw usageBatchMalformed();
  if (events.length > usageBatchSizeMax) throw usageBatchTooLarge(usageBatchSizeMax);
  return events;
}
