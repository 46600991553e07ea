import { notFound } from '@metergate/core';
import { liveTopics } from '@metergate/db/metering';
import { type Request, type Response, Router } from 'express';
import { findOrganizationAccess } from '../auth/organization-access.ts';
import { readSession } from '../auth/session.ts';
import { monotonicMs } from '../clock/system-clock.ts';
import type { Container } from '../container.ts';
import { notSignedIn } from '../http/http-errors.ts';
import { type EventSink, LiveStream } from './live-stream.ts';

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither stored nor compressed nor held back on the way.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};
const reconnectMs = 2_000;

/**
 * `GET /api/live?organization=`: server-sent events for one open page. A page that comes back (`Last-Event-ID`) is told
 * to read everything again, because nobody keeps what it missed. Each gets an id at once, so that also one that had
 * heard nothing yet comes back with it.
 */
export function createLiveRouter(container: Container): Router {
  const router = Router();
  router.get('/api/live', async (request: Request, response: Response) => {
    const visitor = await requireVisitor(container, request);
    // Closed while we looked: nobody would say so again, and the stream would count for its reader.
    if (response.destroyed) return;
    const lastEventId = request.get('last-event-id') ?? '';
    const lastId = firstIdAfter(lastEventId);
    const stream = new LiveStream(visitor, sinkOf(response), { monotonicMs, lastId });
    container.live.add(stream);
    response.on('close', () => container.live.remove(stream));
    response.writeHead(200, headers);
    response.write(`retry: ${reconnectMs}\nid: ${lastId}\n\n`);
    if (lastEventId !== '') stream.tell(liveTopics);
  });
  return router;
}

/** Whatever else a page names, it is back. */
function firstIdAfter(lastEventId: string): number {
  const seen = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : 0;
  return seen + 1;
}

async function requireVisitor(container: Container, request: Request) {
  const user = await readSession(container.signIn, request.headers);
  if (user === null) throw notSignedIn();
  const { organization } = request.query;
  await container.rateLimits.count('session', user.id);
  const access =
    typeof organization === 'string' ? await findOrganizationAccess(container, user, organization) : null;
  if (access === null) throw notFound('organization');
  return {
    sessionId: user.sessionId,
    userId: user.id,
    organizationId: access.membership.organizationId,
    viewAsSessionId: access.viewAs?.sessionId ?? null,
  };
}

function sinkOf(response: Response): EventSink {
  return {
    write: (text) => response.write(text),
    end: () => response.end(),
    destroy: () => response.destroy(),
    onDrain: (listener) => response.on('drain', listener),
  };
}
