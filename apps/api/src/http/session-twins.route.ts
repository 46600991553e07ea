import { AppError, notFound } from '@metergate/core';
import { TRPCError } from '@trpc/server';
import { type Request, type RequestHandler, Router } from 'express';
import { readSession } from '../auth/session.ts';
import type { Container } from '../container.ts';
import { appRouter } from '../trpc/app-router.ts';
import type { SessionUser } from '../trpc/context.ts';
import { appErrorOf } from '../trpc/error-adapter.ts';
import { t } from '../trpc/init.ts';
import { sessionTwinsRouter } from '../trpc/session-twins.router.ts';
import { notSignedIn, routeNotFound } from './http-errors.ts';
import { jsonBody } from './json-body.ts';
import { originCheck } from './origin-check.ts';
import { wishOfStripePrice } from './price-wish.ts';

const createCaller = t.createCallerFactory(
  t.mergeRouters(appRouter, t.router({ twins: sessionTwinsRouter })),
);
type Caller = ReturnType<typeof createCaller>;

/** `input` is what the request brought; the procedure's own schema parses it. */
type Call = (caller: Caller, input: never) => Promise<unknown>;

/** Plain JSON routes for people with a session: the same procedures, with the same access, limits and schemas. */
const twins: readonly { method: 'get' | 'post' | 'put'; path: string; call: Call }[] = [
  { method: 'get', path: '/api/usage', call: (caller, input) => caller.usage.summary(input) },
  {
    method: 'post',
    path: '/api/billing/checkout',
    call: (caller, input) => caller.subscriptions.checkout(input),
  },
  {
    method: 'post',
    path: '/api/billing/portal',
    call: (caller, input) => caller.subscriptions.portal(input),
  },
  {
    method: 'post',
    path: '/api/billing/customer',
    call: (caller, input) => caller.twins.customer(input),
  },
  {
    method: 'post',
    path: '/api/billing/subscription',
    call: (caller, input) => caller.subscriptions.create(input),
  },
  {
    method: 'post',
    path: '/api/billing/generate-usage-invoice',
    call: (caller, input) => caller.twins.generateUsageInvoice(input),
  },
  {
    method: 'get',
    path: '/api/billing/dashboard',
    call: (caller, input) => caller.invoices.billingSummary(input),
  },
  { method: 'get', path: '/api/voice/ai-config', call: (caller, input) => caller.voice.get(input) },
  { method: 'put', path: '/api/voice/ai-config', call: (caller, input) => caller.voice.update(input) },
];

export function createSessionTwinsRouter(container: Container): Router {
  const router = Router();
  const guards = [originCheck(container.allowedOrigins), jsonBody(container, 100_000)];
  for (const { method, path, call } of twins) {
    router[method](path, ...guards, handlerOf(container, call));
  }
  return router;
}

function handlerOf(container: Container, call: Call): RequestHandler {
  return async (request, response) => {
    const user = await readSession(container.signIn, request.headers);
    if (user === null) throw notSignedIn();
    const input = await inputOf(container, request, user);
    const caller = createCaller({
      container,
      requestId: String(request.id),
      user,
      address: request.ip ?? 'unknown',
      log: request.log,
    });
    response.setHeader('Cache-Control', 'no-store');
    response.json(await withAppErrors(() => call(caller, input as never)));
  };
}

/** Whoever names no organization means the one joined last; the procedure checks membership either way. */
async function inputOf(container: Container, request: Request, user: SessionUser): Promise<object> {
  const given: unknown = request.method === 'GET' ? request.query : (request.body ?? {});
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw bodyNotObject();
  const named: unknown = Reflect.get(given, 'organization');
  const organization = named ?? (await container.identity.findLastOrganization(user.id))?.slug;
  if (organization === undefined) throw routeNotFound();
  return withPlanOfPrice(container, { ...given, organization }, user);
}

/** A Stripe price id may stand for family, plan and interval; the membership is checked first, as everywhere. */
async function withPlanOfPrice(
  container: Container,
  input: { organization: unknown; stripe_price_id?: unknown },
  user: SessionUser,
): Promise<object> {
  const { stripe_price_id: stripePriceId, organization, ...rest } = input;
  if (typeof stripePriceId !== 'string' || typeof organization !== 'string') return input;
  const membership = await container.identity.findMembership(user.id, organization);
  if (membership === null) throw notFound('organization');
  const wish = await wishOfStripePrice(container, membership.organizationId, stripePriceId);
  return { ...rest, organization, ...wish };
}

async function withAppErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TRPCError ? appErrorOf(error) : error;
  }
}

function bodyNotObject(): AppError {
  return new AppError({
    code: 'INVALID_INPUT',
    kind: 'malformed',
    message: 'body is not an object',
    userMessage: 'Send a JSON object.',
  });
}
