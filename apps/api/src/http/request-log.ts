import type { IncomingMessage } from 'node:http';
import type { IdSource } from '@metergate/core';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../logging/logger.ts';

const foreignRequestId = /^[\w.-]{8,64}$/;

/** Gives every request an id (answered as X-Request-Id) and one log line when it ends. */
export function requestLog(options: { log: Logger; ids: IdSource }): RequestHandler {
  return pinoHttp({
    logger: options.log,
    genReqId(request, response) {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && foreignRequestId.test(given) ? given : options.ids.next();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    serializers: { req: describeRequest },
    customLogLevel(_request, response) {
      return response.statusCode >= 500 ? 'error' : 'debug';
    },
    // A probe every few seconds is no news.
    autoLogging: { ignore: (request) => request.url === '/healthz' || request.url === '/readyz' },
  });
}

/** Headers stay out, and so does the query: links in e-mails carry their token there. */
function describeRequest(request: IncomingMessage & { id: unknown; url: string }): Record<string, unknown> {
  return { id: request.id, method: request.method, path: request.url.split('?', 1)[0] };
}
