import { AppError, type Clock, type IdSource } from '@metergate/core';
import type { InboundQueue } from '@metergate/db';
import { type VerifiedEvent, verifyWebhook } from '@metergate/stripe';
import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Counter } from 'prom-client';
import type { Container } from '../container.ts';
import { crashPoint } from '../crash-points.ts';
import type { Logger } from '../logging/logger.ts';
import { admitRequest } from './bodies/admit-body.ts';
import type { BodyRoom } from './bodies/body-room.ts';
import { readChunks } from './bodies/read-body.ts';
import { mediaTypeRefused } from './http-errors.ts';
import { inboundEventHash } from './inbound-event-hash.ts';

/** Stripe's events are some kilobytes; an invoice with hundreds of lines stays below this. */
const BODY_BYTES_MAX = 1_000_000;

export interface WebhookDeps {
  secrets: readonly string[];
  bodyRoom: BodyRoom;
  /** Machine time: Stripe signs with it even under a test clock. */
  wallClock: Clock;
  clock: Clock;
  ids: IdSource;
  inbox: InboundQueue;
  log: Logger;
  received: Counter<'outcome'>;
  wake: () => void;
}

export function webhookDeps(container: Container): WebhookDeps {
  const { env, clock, ids, log, background, bodyRoom } = container;
  const { wallClock, inbox, webhooksReceived: received } = background;
  return {
    secrets: env.STRIPE_WEBHOOK_SECRET,
    bodyRoom,
    wallClock,
    clock,
    ids,
    inbox,
    log,
    received,
    wake: container.wake,
  };
}

/**
 * `POST /api/webhooks/stripe` and its alias: check, store, answer. 200 only after the raw event is committed, also for one that is
 * there already; what it means is found out later by a job. 4xx only for what Stripe (or somebody else) did wrong.
 */
export function createStripeWebhookRouter(deps: WebhookDeps): Router {
  const router = Router();
  const path = ['/api/webhooks/stripe', '/api/billing/webhook'];
  router.post(path, requirePlainJson, readRaw(deps.bodyRoom), receive(deps));
  router.all(path, (_request, response) => {
    response
      .setHeader('Allow', 'POST')
      .status(405)
      .json({ error: { code: 'METHOD_NOT_ALLOWED' } });
  });
  router.use(path, countRefusals(deps));
  return router;
}

const requirePlainJson: RequestHandler = (request, _response, next) => {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw mediaTypeRefused();
  if (request.is('application/json') !== 'application/json') throw mediaTypeRefused();
  next();
};

/** Bytes, not text: the signature covers them. */
function readRaw(room: BodyRoom): RequestHandler {
  return async (request, response, next) => {
    const stay = admitRequest(request, response, { room, bytesMax: BODY_BYTES_MAX });
    request.body = Buffer.concat(await readChunks(request, { stay, bytesMax: BODY_BYTES_MAX }));
    next();
  };
}

function receive(deps: WebhookDeps): RequestHandler {
  return async (request, response) => {
    const rawBody: unknown = request.body;
    const signature = request.headers['stripe-signature'];
    const event = verifyWebhook(
      {
        rawBody: Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0),
        signature: typeof signature === 'string' ? signature : undefined,
      },
      { secrets: deps.secrets, clock: deps.wallClock },
    );
    const outcome = await store(deps, event);
    crashPoint('inbound.after_commit');
    deps.received.inc({ outcome });
    deps.wake();
    response.status(200).json({ received: true });
  };
}

async function store(deps: WebhookDeps, event: VerifiedEvent): Promise<'stored' | 'duplicate'> {
  const { inserted, conflicts } = await deps.inbox.insert({
    id: deps.ids.next(),
    externalId: event.externalId,
    type: event.type,
    apiVersion: event.apiVersion,
    isLive: event.isLive,
    createdAt: event.createdAt,
    objectId: event.objectId,
    stripeCustomerId: event.stripeCustomerId,
    payload: event.payload,
    payloadHash: inboundEventHash(event.payload),
    receivedAt: deps.clock.now(),
  });
  if (conflicts !== null) {
    const fields = { externalId: event.externalId, conflicts };
    // Told once for each event: Stripe sends again what it sent before.
    deps.log.error(
      conflicts === 1 ? { ...fields, alert: 'inbound_event_conflict' } : fields,
      'a known event id came with other content; the first one is kept',
    );
  }
  return inserted ? 'stored' : 'duplicate';
}

function countRefusals(deps: WebhookDeps): ErrorRequestHandler {
  // biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters
  return (error, _request, _response, next) => {
    if (error instanceof AppError && error.kind === 'malformed') deps.received.inc({ outcome: 'refused' });
    next(error);
  };
}
