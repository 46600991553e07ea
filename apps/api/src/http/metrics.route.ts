import { timingSafeEqual } from 'node:crypto';
import { type RequestHandler, Router } from 'express';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { isLoopbackHost } from '../env-rules.ts';
import { routeOf } from '../tracing/trace-requests.ts';
import { routeNotFound } from './http-errors.ts';

export interface Metrics {
  registry: Registry;
  /** Log lines that somebody should look at, by name. */
  alerts: Counter<'alert'>;
  requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  const alerts = new Counter({
    name: 'alerts_total',
    help: 'Alerts written to the log, by name.',
    labelNames: ['alert'],
    registers: [registry],
  });
  return { registry, alerts, requestSeconds };
}

/** Measures every request under the pattern of its route, never under its path: paths are unbounded. */
export function measureRequests(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const stop = metrics.requestSeconds.startTimer();
    response.once('finish', () => {
      stop({ method: request.method, route: routeOf(request), status: String(response.statusCode) });
    });
    next();
  };
}

/** Numbers about the inside: for the machine itself, or whoever holds the token. To others it does not exist. */
export function createMetricsRouter(options: { metrics: Metrics; token: string | undefined }): Router {
  const router = Router();
  router.get('/metrics', async (request, response) => {
    const isLocal =
      isLoopbackHost((request.socket.remoteAddress ?? '').replace('::ffff:', '')) &&
      request.headers['x-forwarded-for'] === undefined;
    if (!isLocal && !hasToken(request.headers.authorization, options.token)) throw routeNotFound();
    response.setHeader('Content-Type', options.metrics.registry.contentType);
    response.send(await options.metrics.registry.metrics());
  });
  return router;
}

function hasToken(header: string | undefined, token: string | undefined): boolean {
  if (token === undefined || header === undefined) return false;
  const given = Buffer.from(header);
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
