import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { requireScope } from '../../auth/actor.ts';
import { authenticateApiKey } from '../../auth/api-key.ts';
import { monotonicMs } from '../../clock/system-clock.ts';
import type { Container } from '../../container.ts';
import { admitBody } from '../bodies/admit-body.ts';
import type { BodyStay } from '../bodies/body-room.ts';
import { announcedBytes } from '../bodies/read-body.ts';
import { readJson } from '../bodies/read-json.ts';
import { logFailure, retryAfterSeconds, toErrorEnvelope } from '../error-handler.ts';
import { toAppError } from '../failure.ts';
import { JSON_BYTES_MAX as bytesMax } from '../json-body.ts';
import type { Metrics } from '../metrics.route.ts';
import { type LeanRoute, leanRoutesOf } from './lean-routes.ts';
import { isPlainJson } from './plain-json.ts';

/**
 * Answers plain requests to the routes whose rate matters and hands everything else to the application. The same
 * credentials, schemas, use-cases and errors; what is left out is routing, parsers and headers that cost as much as
 * the decision itself. Traced requests all go the long way, which makes their spans.
 */
export function withLeanRoutes(container: Container, application: RequestListener): RequestListener {
  if (container.tracer !== undefined) return application;
  const routes = new Map(leanRoutesOf(container).map((route) => [route.path, route]));
  return (request, response) => {
    const route = request.method === 'POST' ? routes.get(request.url ?? '') : undefined;
    if (route !== undefined && isPlainJson(request)) void serve(container, route, { request, response });
    else application(request, response);
  };
}

/** Before the body is read the key is checked, then whether there is room: a stranger's megabytes are not parsed. */
async function serve(
  container: Container,
  route: LeanRoute,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const startedAt = monotonicMs();
  const requestId = randomUUID();
  let stay: BodyStay | undefined;
  try {
    const actor = await authenticateApiKey(container, request);
    requireScope(actor, route.scope);
    route.beforeBody?.(announcedBytes(request));
    stay = admitBody(request, { room: container.bodyRoom, sender: actor.keyId, bytesMax });
    const body = await readJson(request, { stay, bytesMax, turns: container.metering.turns });
    const answer = await route.answer({ actor, requestId, body });
    send(response, { ...answer, headers: { 'X-Request-Id': requestId } });
  } catch (thrown) {
    sendFailure(container, response, { thrown, requestId });
  } finally {
    stay?.leave();
  }
  noteTime(container.metrics, route, { status: response.statusCode, ms: monotonicMs() - startedAt });
}

/** As the general measurement does, until the answer is handed to the system. */
function noteTime(
  { requestSeconds }: Metrics,
  { path }: LeanRoute,
  { status, ms }: { status: number; ms: number },
): void {
  requestSeconds.observe({ method: 'POST', route: path, status: String(status) }, ms / 1000);
}

function sendFailure(
  { log }: Pick<Container, 'log'>,
  response: ServerResponse,
  { thrown, requestId }: { thrown: unknown; requestId: string },
): void {
  const error = toAppError(thrown);
  logFailure(log.child({ requestId }), error);
  const seconds = retryAfterSeconds(error);
  send(response, {
    status: error.httpStatus,
    body: toErrorEnvelope(error, requestId),
    headers: {
      'X-Request-Id': requestId,
      ...(seconds === undefined ? {} : { 'Retry-After': String(seconds) }),
      ...(error.kind === 'unauthenticated' ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  });
}

function send(
  response: ServerResponse,
  answer: { status: number; body: unknown; headers: Record<string, string> },
): void {
  // Nobody listens any more: the sender hung up, or was cut off because it was too slow.
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
