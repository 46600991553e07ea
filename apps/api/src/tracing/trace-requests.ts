import type { Request, RequestHandler } from 'express';
import type { Tracer } from './tracer.ts';

/** One span per request, named after its route and never after its path: paths are unbounded and hold ids. */
export function traceRequests(tracer: Tracer): RequestHandler {
  return (request, response, next) => {
    const span = tracer.request(request.get('traceparent'));
    // `close` comes in any case, also when the caller hangs up before the answer.
    response.once('close', () => {
      const route = routeOf(request);
      span.end({
        name: `${request.method} ${route}`,
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'http.response.status_code': response.statusCode,
        },
        isFailed: response.statusCode >= 500 || !response.writableFinished,
      });
    });
    span.within(next);
  };
}

/** The pattern of the route that answered; the mount point where there was none. */
export function routeOf(request: Request): string {
  const pattern: unknown = request.route?.path;
  return typeof pattern === 'string' ? `${request.baseUrl}${pattern}` : request.baseUrl || 'other';
}
