import express, { type Express } from 'express';
import { createSignInRouter } from '../auth/sign-in.route.ts';
import type { Container } from '../container.ts';
import { createLiveRouter } from '../live/live.route.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import { createBillingRedirectRouter } from './billing-redirect.route.ts';
import { createConsoleRouter } from './console-files.ts';
import { createDocsRouter } from './docs.route.ts';
import { errorHandler, unknownRoute } from './error-handler.ts';
import { createHealthRouter } from './health.route.ts';
import { createInvoiceDownloadsRouter } from './invoice-downloads.route.ts';
import { createLeanRouter } from './lean.ts';
import { createMetricsRouter, measureRequests } from './metrics.route.ts';
import { originCheck } from './origin-check.ts';
import { countRequestQueries } from './query-counts.ts';
import { requestLog } from './request-log.ts';
import { restRoutes } from './rest/index.ts';
import { createRestRouter } from './rest/rest-router.ts';
import { securityHeaders } from './security-headers.ts';
import { createSessionTwinsRouter } from './session-twins.route.ts';
import { createStripeWebhookRouter, webhookDeps } from './stripe-webhook.route.ts';
import { createTestSeamsRouter } from './test-seams.route.ts';
import { createTrpcRouter } from './trpc.route.ts';
import { createUsageEventsRouter } from './usage-events.route.ts';

/**
 * The order is a contract: what needs the raw body or has to be lean comes before the parsers, credentials are
 * checked by each part itself, and the console answers whatever nobody else wants.
 */
export function createApp(container: Container): Express {
  const { env, log, ids, metrics, lifecycle, tracer } = container;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  // Never `true`: then anybody could name any address. Without proxies the socket's address counts.
  app.set('trust proxy', env.TRUSTED_PROXIES.length > 0 ? env.TRUSTED_PROXIES : false);

  if (tracer !== undefined) app.use(traceRequests(tracer));
  // lean: routes whose rate matters more than a log line, before everything else
  app.use(createUsageEventsRouter(container), createLeanRouter(container, restRoutes));
  app.use(requestLog({ log, ids }));
  if (env.TEST_SEAMS) app.use(countRequestQueries);
  // Streams stay open for hours: they must not count as slow requests.
  app.use(createLiveRouter(container));
  app.use(measureRequests(metrics));
  app.use(...securityHeaders({ isHttps: container.publicUrl.startsWith('https://') }));
  app.use(createHealthRouter({ checks: container.readinessChecks, isDraining: lifecycle.isDraining }));
  app.use(createMetricsRouter({ metrics, token: env.METRICS_TOKEN }));

  // raw bodies: signatures are over bytes, so no parser may come before
  app.use(createStripeWebhookRouter(webhookDeps(container)));
  app.use('/api/auth', createSignInRouter(container));
  app.use('/trpc', originCheck(container.allowedOrigins), createTrpcRouter(container));
  app.use(createInvoiceDownloadsRouter(container));
  app.use(createSessionTwinsRouter(container));
  app.use(createRestRouter(container, restRoutes));
  app.use(createDocsRouter(restRoutes, container.publicUrl));
  if (env.TEST_SEAMS) app.use('/test', createTestSeamsRouter(container));
  app.use(['/api', '/v1', '/trpc', '/test'], unknownRoute);

  app.use(createBillingRedirectRouter(container));
  app.use(createConsoleRouter());
  app.use(unknownRoute);
  app.use(errorHandler);
  return app;
}
