import { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { Router } from 'express';
import { readSession } from '../auth/session.ts';
import type { Container } from '../container.ts';
import { appRouter } from '../trpc/app-router.ts';
import { appErrorOf, toTrpcError } from '../trpc/error-adapter.ts';
import { logFailure, retryAfterSeconds } from './error-handler.ts';
import { jsonBody } from './json-body.ts';

/** Calls per request; the console's client uses the same number. */
export const TRPC_BATCH_MAX = 10;

export function createTrpcRouter(container: Container): Router {
  const router = Router();
  router.use(jsonBody(container, 1_000_000));
  router.use(
    createExpressMiddleware({
      router: appRouter,
      maxBatchSize: TRPC_BATCH_MAX,
      createContext: async ({ req }) => ({
        container,
        requestId: String(req.id),
        user: await readSession(container.signIn, req.headers).catch(refuse),
        address: req.ip ?? 'unknown',
        log: req.log,
      }),
      onError: ({ error, req }) => logFailure(req.log, appErrorOf(error)),
      responseMeta: ({ errors }) => {
        const seconds = errors.flatMap((error) => retryAfterSeconds(appErrorOf(error)) ?? []);
        const headers = new Headers({ 'cache-control': 'no-store' });
        if (seconds.length > 0) headers.set('retry-after', String(Math.max(...seconds)));
        return { headers };
      },
    }),
  );
  return router;
}

/** What fails before the first procedure gets its status like what fails in one. */
function refuse(cause: unknown): never {
  throw toTrpcError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }));
}
