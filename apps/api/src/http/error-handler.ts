import type { AppError } from '@metergate/core';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { describeError } from '../logging/logger.ts';
import { toAppError } from './failure.ts';
import { routeNotFound } from './http-errors.ts';

export interface ErrorEnvelope {
  error: {
    code: string;
    message: string;
    requestId: string;
    retriable: boolean;
    details?: Readonly<Record<string, unknown>>;
  };
}

/** What a client may know about a failure. */
export function toErrorEnvelope(error: AppError, requestId: string): ErrorEnvelope {
  return {
    error: {
      code: error.code,
      message: error.userMessage,
      requestId,
      retriable: error.retriable,
      ...(error.exposeContext ? { details: error.context } : {}),
    },
  };
}

/** Seconds for the Retry-After header; every 429 and 503 carries one. */
export function retryAfterSeconds(error: AppError): number | undefined {
  if (error.retryAfterSeconds !== undefined) return Math.max(1, Math.ceil(error.retryAfterSeconds));
  return error.kind === 'unavailable' || error.kind === 'rate_limited' ? 5 : undefined;
}

export const unknownRoute: RequestHandler = (_request, _response, next) => next(routeNotFound());

/** The last handler: logs each failure once and answers the envelope. */
// biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters
export const errorHandler: ErrorRequestHandler = (thrown, request, response, next) => {
  const error = toAppError(thrown);
  logFailure(request.log, error);
  if (response.headersSent) {
    next(thrown);
    return;
  }
  sendError(response, error, String(request.id));
};

export function sendError(response: Response, error: AppError, requestId: string): void {
  const seconds = retryAfterSeconds(error);
  if (seconds !== undefined) response.setHeader('Retry-After', String(seconds));
  if (error.kind === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer');
  response.setHeader('Cache-Control', 'no-store');
  response.status(error.httpStatus).json(toErrorEnvelope(error, requestId));
}

const levelBySeverity = { info: 'info', warning: 'warn', error: 'error', critical: 'fatal' } as const;

interface FailureLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  fatal(fields: object, text: string): void;
}

/** Expected refusals take one short line; faults of ours carry the cause. */
export function logFailure(log: FailureLog, error: AppError): void {
  const level = levelBySeverity[error.severity];
  const cause = error.cause === undefined || level === 'info' ? {} : { cause: describeError(error.cause) };
  log[level]({ code: error.code, kind: error.kind, context: error.context, ...cause }, error.message);
}
