import { AppError, type ErrorKind } from '@metergate/core';
import { TRPCError } from '@trpc/server';
import type { DefaultErrorShape } from '@trpc/server/unstable-core-do-not-import';
import { z } from 'zod';
import { internalError, toAppError } from '../http/failure.ts';

/** What the consoles know about a failure; never the text of a foreign error. */
export interface FailureView {
  code: string;
  httpStatus: number;
  userMessage: string;
  requestId: string;
  retriable: boolean;
  path?: string;
  retryAfterSeconds?: number;
  /** Field path (`lines.0.quantity`) → what is wrong with it, for forms. */
  fields?: Record<string, string>;
  details?: Readonly<Record<string, unknown>>;
}

const trpcCodeByKind = {
  malformed: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  plan_limit: 'PAYMENT_REQUIRED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  precondition: 'PRECONDITION_FAILED',
  too_large: 'PAYLOAD_TOO_LARGE',
  unsupported_media: 'UNSUPPORTED_MEDIA_TYPE',
  invalid_input: 'UNPROCESSABLE_CONTENT',
  rate_limited: 'TOO_MANY_REQUESTS',
  internal: 'INTERNAL_SERVER_ERROR',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<ErrorKind, TRPCError['code']>;

/** Gives a failure of a procedure the transport code of its kind. */
export function toTrpcError(error: TRPCError): TRPCError {
  const failure = appErrorOf(error);
  return new TRPCError({ code: trpcCodeByKind[failure.kind], message: failure.userMessage, cause: failure });
}

/** The AppError behind anything that tRPC reports. */
export function appErrorOf(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause;
  if (error.code === 'BAD_REQUEST' && error.cause instanceof z.core.$ZodError)
    return invalidInput(error.cause);
  if (error.code === 'INTERNAL_SERVER_ERROR') return toAppError(error.cause ?? error);
  return transportRefusal(error);
}

/** The formatter of every error that leaves over HTTP; it does not run for callers inside the process. */
export function formatError(
  input: { shape: DefaultErrorShape; error: TRPCError; path: string | undefined },
  requestId: string,
): Omit<DefaultErrorShape, 'data' | 'message'> & { message: string; data: FailureView } {
  const failure = appErrorOf(input.error);
  return {
    code: input.shape.code,
    message: failure.userMessage,
    data: {
      code: failure.code,
      httpStatus: input.shape.data.httpStatus,
      userMessage: failure.userMessage,
      requestId,
      retriable: failure.retriable,
      ...(input.path === undefined ? {} : { path: input.path }),
      ...(failure.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: failure.retryAfterSeconds }),
      ...(failure.code === 'INVALID_INPUT' ? fieldsOf(failure.cause) : {}),
      ...(failure.exposeContext ? { details: failure.context } : {}),
    },
  };
}

function fieldsOf(cause: unknown): { fields?: Record<string, string> } {
  return cause instanceof z.core.$ZodError ? { fields: fieldProblems(cause) } : {};
}

/** First problem per field, at most 20; the form shows one line below each. */
export function fieldProblems(error: z.core.$ZodError): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const issue of error.issues.slice(0, 20)) {
    fields[issue.path.map(String).join('.') || 'input'] ??= issue.message;
  }
  return fields;
}

function invalidInput(cause: z.core.$ZodError): AppError {
  return new AppError({
    code: 'INVALID_INPUT',
    kind: 'malformed',
    message: 'input does not have the form of the procedure',
    userMessage: 'Some of the input is not valid. Check the marked fields.',
    context: { fields: fieldProblems(cause) },
    exposeContext: true,
    cause,
  });
}

const refusals: Partial<Record<TRPCError['code'], { kind: ErrorKind; code: string; userMessage: string }>> = {
  PARSE_ERROR: { kind: 'malformed', code: 'BODY_NOT_JSON', userMessage: 'The request is not valid JSON.' },
  BAD_REQUEST: { kind: 'malformed', code: 'REQUEST_MALFORMED', userMessage: 'The request is not readable.' },
  NOT_FOUND: { kind: 'not_found', code: 'NOT_FOUND', userMessage: 'There is nothing at this address.' },
  METHOD_NOT_SUPPORTED: { kind: 'malformed', code: 'METHOD_NOT_ALLOWED', userMessage: 'Use another method.' },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'unsupported_media',
    code: 'CONTENT_TYPE_UNSUPPORTED',
    userMessage: 'Send the body as application/json.',
  },
  PAYLOAD_TOO_LARGE: {
    kind: 'too_large',
    code: 'BODY_TOO_LARGE',
    userMessage: 'The request body is too large.',
  },
};

/** Errors that tRPC raises before a procedure runs. */
function transportRefusal(error: TRPCError): AppError {
  const refusal = refusals[error.code];
  return refusal === undefined
    ? internalError(error)
    : new AppError({ ...refusal, message: `tRPC: ${error.code}` });
}
