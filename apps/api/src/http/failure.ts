import { AppError } from '@metergate/core';
import { databaseUnavailable } from '@metergate/db';
import { toldOutage } from '../auth/told-outages.ts';

/**
 * Turns whatever was thrown into an AppError, so that one table decides status and words. Foreign errors are
 * recognised by type or code, never by their text, and their text never reaches a client.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const outage = toldOutage(error);
  if (outage !== undefined) return databaseUnavailable(outage.cause);
  return fromBodyParser(error) ?? fromConnection(error) ?? internalError(error);
}

/** The answer to everything unforeseen. The cause is logged, not sent. */
export function internalError(cause: unknown): AppError {
  return new AppError({
    code: 'INTERNAL_ERROR',
    kind: 'internal',
    message: 'unexpected error',
    userMessage:
      'Internal error. Nothing you did wrong: we have been told. Quote the request id when you ask about it.',
    cause,
  });
}

const bodyParserErrors: Readonly<
  Record<string, { code: string; kind: AppError['kind']; userMessage: string }>
> = {
  'entity.too.large': {
    code: 'BODY_TOO_LARGE',
    kind: 'too_large',
    userMessage: 'The request body is too large.',
  },
  'entity.parse.failed': {
    code: 'BODY_NOT_JSON',
    kind: 'malformed',
    userMessage: 'The request body is not valid JSON.',
  },
  'entity.verify.failed': {
    code: 'BODY_NOT_JSON',
    kind: 'malformed',
    userMessage: 'The request body is not valid JSON.',
  },
  'request.aborted': {
    code: 'REQUEST_ABORTED',
    kind: 'malformed',
    userMessage: 'The request ended too early.',
  },
  'request.size.invalid': {
    code: 'REQUEST_ABORTED',
    kind: 'malformed',
    userMessage: 'The request ended too early.',
  },
  'encoding.unsupported': {
    code: 'ENCODING_UNSUPPORTED',
    kind: 'unsupported_media',
    userMessage: 'Send the body without compression.',
  },
  'charset.unsupported': {
    code: 'CHARSET_UNSUPPORTED',
    kind: 'unsupported_media',
    userMessage: 'Send UTF-8.',
  },
};

function fromBodyParser(error: unknown): AppError | undefined {
  if (error instanceof URIError) {
    return new AppError({
      code: 'PATH_MALFORMED',
      kind: 'malformed',
      message: 'path is not valid percent-encoding',
      userMessage: 'This address is not readable.',
    });
  }
  const type = textField(error, 'type');
  const known =
    type !== undefined && Object.hasOwn(bodyParserErrors, type) ? bodyParserErrors[type] : undefined;
  return known === undefined
    ? undefined
    : new AppError({ ...known, message: `request body refused: ${type}`, cause: error });
}

/** Codes of Node, PostgreSQL and Prisma for "cannot be reached now"; everything else of theirs is a bug of ours. */
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08003',
  '08006',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
]);
const STATEMENT_TIMEOUT = '57014';

/** Of a server on this machine that was stopped; any other file that is missing is a bug of ours. */
function isMissingSocket(error: unknown): boolean {
  return textField(error, 'code') === 'ENOENT' && textField(error, 'syscall') === 'connect';
}

function fromConnection(error: unknown): AppError | undefined {
  const code = textField(error, 'code');
  if (code === STATEMENT_TIMEOUT) {
    return new AppError({
      code: 'QUERY_TOO_BROAD',
      kind: 'malformed',
      message: 'statement timeout',
      userMessage: 'This question takes too long to answer. Narrow the dates or the search.',
      cause: error,
    });
  }
  if (code === undefined || !(unreachableCodes.has(code) || isMissingSocket(error))) return undefined;
  return new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: `a system behind us cannot be reached: ${code}`,
    userMessage: 'We cannot answer right now. Try again in a moment.',
    severity: 'error',
    retryAfterSeconds: 2,
    cause: error,
  });
}

function textField(error: unknown, field: 'type' | 'code' | 'syscall'): string | undefined {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
