import { createHash } from 'node:crypto';
import { ApiFailure, invalidRequest } from '../wire/errors.ts';
import { expandResponse } from '../wire/expand.ts';
import { newId } from '../wire/ids.ts';
import type { ParameterChecker } from '../wire/parameter-checker.ts';
import { Params } from '../wire/params.ts';
import { render } from '../wire/render.ts';
import type { World } from '../world.ts';
import type { Route, Router } from './router.ts';

export interface ApiRequest {
  method: string;
  path: string;
  raw: Record<string, unknown>;
  idempotencyKey: string | null;
  /** Strict parameter checks apply only to callers that pin the current API version. */
  isStrict: boolean;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
  requestId: string;
  isReplayed: boolean;
}

/** Serves one API call inside a transaction of the store; handlers are synchronous, so calls never overlap. */
export function serveApi(
  world: World,
  tools: { router: Router; checker: ParameterChecker },
  request: ApiRequest,
): ApiAnswer {
  const requestId = newId('req');
  const found = tools.router.match(request.method, request.path);
  if (!found) {
    const message = `Unrecognized request URL (${request.method}: ${request.path}).`;
    return failure(new ApiFailure(404, { type: 'invalid_request_error', message }), requestId);
  }
  const fingerprint = fingerprintOf(request);
  const replay = replayOf(world, request, fingerprint);
  if (replay) return replay;
  world.request = {
    id: requestId,
    idempotencyKey: request.idempotencyKey,
    isCurrentVersion: request.isStrict,
  };
  try {
    if (request.isStrict) tools.checker.check(found.route, request.raw);
  } catch (error) {
    // Nothing ran, so nothing is remembered for the idempotency key.
    return failure(error, requestId);
  }
  const answer = run(world, found, { request, requestId });
  const isKept = answer.status === 200 || answer.status === 402 || answer.status >= 500;
  if (isKept && request.idempotencyKey && request.method === 'POST') {
    remember(world, request.idempotencyKey, { fingerprint, answer });
  }
  world.store.commit();
  world.request = null;
  return answer;
}

function run(
  world: World,
  found: { route: Route; ids: string[] },
  { request, requestId }: { request: ApiRequest; requestId: string },
): ApiAnswer {
  const params = new Params(request.raw);
  const [id = '', subId = ''] = found.ids;
  try {
    const answer = found.route.handler({ world, params, id, subId });
    // Pages were rendered row by row already.
    const isPage = answer.object === 'list' || answer.object === 'search_result';
    const body = isPage ? { ...answer } : render({ id: '', object: '', ...answer });
    if (answer.object === undefined) delete body.object;
    expandResponse(world, body, params.texts('expand') ?? []);
    return { status: 200, body, requestId, isReplayed: false };
  } catch (error) {
    if (!(error instanceof ApiFailure && error.keepsWrites)) world.store.rollback();
    return failure(error, requestId);
  }
}

function failure(error: unknown, requestId: string): ApiAnswer {
  if (error instanceof ApiFailure) {
    const { expand: _ignored, ...fields } = error.fields;
    const requestLogUrl = `https://dashboard.stripe.com/test/workbench/logs?object=${requestId}`;
    return {
      status: error.status,
      body: { error: { ...fields, request_log_url: requestLogUrl } },
      requestId,
      isReplayed: false,
    };
  }
  process.stderr.write(`stripe-emulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = 'An unknown error occurred';
  return { status: 500, body: { error: { type: 'api_error', message } }, requestId, isReplayed: false };
}

function replayOf(world: World, request: ApiRequest, fingerprint: string): ApiAnswer | undefined {
  if (!request.idempotencyKey || request.method !== 'POST') return undefined;
  if (request.idempotencyKey.length > 255) {
    return failure(invalidRequest('Idempotency keys can be at most 255 characters'), newId('req'));
  }
  const known = world.store.get('idempotency', request.idempotencyKey);
  if (!known) return undefined;
  if (known.fingerprint !== fingerprint) {
    const message =
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
      `Try using a key other than '${request.idempotencyKey}' if you meant to execute a different request.`;
    return failure(new ApiFailure(400, { type: 'idempotency_error', message }), newId('req'));
  }
  return { status: known.status, body: known.body, requestId: known.requestId, isReplayed: true };
}

/** Stores the first answer for a key, failures included, as Stripe does once execution began. */
export function remember(world: World, key: string, entry: { fingerprint: string; answer: ApiAnswer }): void {
  world.store.put('idempotency', {
    id: key,
    object: 'idempotency',
    fingerprint: entry.fingerprint,
    status: entry.answer.status,
    body: entry.answer.body,
    requestId: entry.answer.requestId,
  });
}

export function fingerprintOf(request: ApiRequest): string {
  const content = `${request.method} ${request.path} ${JSON.stringify(request.raw)}`;
  return createHash('sha256').update(content).digest('hex');
}
