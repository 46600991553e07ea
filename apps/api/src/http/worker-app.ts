import express, { type Express } from 'express';
import type { Container } from '../container.ts';
import { errorHandler, unknownRoute } from './error-handler.ts';
import { createHealthRouter } from './health.route.ts';
import { createMetricsRouter } from './metrics.route.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

/** What a worker answers: whether it lives and works, and its figures. Everything else is the API's. */
export function createWorkerApp(container: Container): Express {
  const { env, log, ids, metrics, lifecycle, publicUrl, readinessChecks } = container;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(requestLog({ log, ids }));
  app.use(...securityHeaders({ isHttps: publicUrl.startsWith('https://') }));
  app.use(createHealthRouter({ checks: readinessChecks, isDraining: lifecycle.isDraining }));
  app.use(createMetricsRouter({ metrics, token: env.METRICS_TOKEN }));
  app.use(unknownRoute);
  app.use(errorHandler);
  return app;
}
