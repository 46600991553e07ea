import { AppError } from '@metergate/core';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { resolveOrganization } from '../../auth/actor.ts';
import type { Container } from '../../container.ts';
import { fieldProblems } from '../../trpc/error-adapter.ts';
import { jsonBody } from '../json-body.ts';
import { authenticate } from './authenticate.ts';
import { checkIdempotencyKey, runOnce } from './idempotency.ts';
import { bodyInvalid, queryInvalid } from './rest.errors.ts';
import type { ApiKeyActor, IncomingRestRequest, RestAnswer, RestRoute } from './route.ts';

/**
 * `/v1/…` from the route list: key → scope → body → organization → validation → handler → checked answer. `before` is what
 * a route of the list needs first, and nobody else.
 */
export function createRestRouter(
  container: Container,
  routes: readonly RestRoute[],
  before: readonly RequestHandler[] = [],
): Router {
  const router = Router();
  for (const route of routes) {
    const credentials = authenticate(container, route.scope);
    router[route.method](
      expressPath(route.path),
      ...before,
      credentials,
      jsonBody(container),
      handlerOf(container, route),
    );
  }
  for (const [path, methods] of methodsByPath(routes)) {
    router.all(path, ...before, methodNotAllowed(methods));
  }
  return router;
}

function handlerOf(container: Container, route: RestRoute): RequestHandler {
  return async (request, response) => {
    const actor: ApiKeyActor = response.locals.actor;
    const params = readParams(request);
    const organization = (ref: string) => resolveOrganization(container, actor, ref);
    const organizationId = params.org === undefined ? null : await organization(params.org);
    const restRequest: IncomingRestRequest = {
      container,
      actor,
      requestId: String(request.id),
      organizationId,
      params,
      query: readQuery(route, request),
      body: readBody(route, request.body),
      ifNoneMatch: request.headers['if-none-match'],
      organization,
    };
    sendAnswer(response, route, await runRoute(route, restRequest, request));
  };
}

async function runRoute(
  route: RestRoute,
  restRequest: IncomingRestRequest,
  request: Request,
): Promise<RestAnswer> {
  const run = async () => checkAnswer(route, await route.handle(restRequest));
  const key = request.headers['idempotency-key'];
  const { container, organizationId } = restRequest;
  if (!route.takesIdempotencyKey || typeof key !== 'string' || organizationId === null) return run();
  const command = {
    organizationId,
    key: checkIdempotencyKey(key),
    route: `${request.method} ${request.path}`,
    body: request.body,
    now: container.clock.now(),
  };
  return runOnce(container.idempotency, command, run);
}

function readParams(request: Request): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params)) {
    const text = Array.isArray(value) ? value.join('/') : value;
    if (text !== undefined) params[name] = text;
  }
  return params;
}

/** A parameter given twice has two readings, so it has none. */
function readQuery(route: RestRoute, request: Request): unknown {
  if (!request.originalUrl.includes('?')) return parseQuery(route, {});
  const search = new URL(request.originalUrl, 'http://localhost').searchParams;
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of search) {
    if (Object.hasOwn(values, name)) throw queryInvalid({ [name]: 'given more than once' });
    values[name] = value;
  }
  return parseQuery(route, { ...values });
}

function parseQuery(route: RestRoute, values: Readonly<Record<string, string>>): unknown {
  if (route.query === undefined) return undefined;
  const parsed = route.query.safeParse(values);
  if (!parsed.success) throw queryInvalid(fieldProblems(parsed.error));
  return parsed.data;
}

/** @throws INVALID_INPUT with the fields */
export function readBody(route: RestRoute, body: unknown): unknown {
  if (route.body === undefined) return undefined;
  const parsed = route.body.safeParse(body ?? {});
  if (!parsed.success) throw bodyInvalid(parsed.error);
  return parsed.data;
}

/** Drops what the declared schema does not know, so that stored rows cannot leak; a mismatch is a bug of ours. */
export function checkAnswer(route: RestRoute, answer: RestAnswer): RestAnswer {
  const schema = route.answers[answer.status ?? 200];
  if (schema === undefined && answer.status !== 304) {
    throw undeclaredAnswer(route, `status ${answer.status ?? 200}`, undefined);
  }
  if (schema === undefined || schema === null) return answer;
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) throw undeclaredAnswer(route, 'body', parsed.error);
  return { ...answer, body: parsed.data };
}

function undeclaredAnswer(route: RestRoute, what: string, cause: unknown): AppError {
  return new AppError({
    code: 'INTERNAL_ERROR',
    kind: 'internal',
    message: `${route.method} ${route.path} answered an undeclared ${what}`,
    userMessage: 'Internal error. We have been told. Quote the request id when you ask about it.',
    cause,
  });
}

function sendAnswer(response: Response, route: RestRoute, answer: RestAnswer): void {
  response.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.status(
    answer.status ?? (route.answers[200] === undefined && answer.body === undefined ? 204 : 200),
  );
  if (answer.bytes !== undefined) response.type(answer.bytes.type).send(Buffer.from(answer.bytes.content));
  else if (answer.body === undefined) response.end();
  else response.json(answer.body);
}

/** `{org}` → `:org` of Express. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly RestRoute[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = expressPath(route.path);
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  return methods;
}

function methodNotAllowed(methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.setHeader('Allow', methods.join(', '));
    response.status(405).json({
      error: {
        code: 'METHOD_NOT_ALLOWED',
        message: `Use ${methods.join(' or ')} here.`,
        requestId: String(request.id),
        retriable: false,
      },
    });
  };
}
