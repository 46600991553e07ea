import { AppError } from '@metergate/core';
import type { z } from 'zod';
import { fieldProblems } from '../../trpc/error-adapter.ts';

/** 401 for a missing, unknown, expired or revoked key: the reason is not told. */
export function apiKeyRefused(): AppError {
  return new AppError({
    code: 'API_KEY_INVALID',
    kind: 'unauthenticated',
    message: 'no valid API key',
    userMessage: 'Send a valid API key as "Authorization: Bearer mg_…".',
  });
}

/** Keys in addresses end up in logs and histories, so such a key counts as leaked. */
export function apiKeyInQuery(): AppError {
  return new AppError({
    code: 'API_KEY_IN_QUERY',
    kind: 'malformed',
    message: 'API key in the query string',
    userMessage:
      'Never put an API key into an address. Send it in the Authorization header, and revoke this one.',
  });
}

export function scopeMissing(scope: string): AppError {
  return new AppError({
    code: 'SCOPE_MISSING',
    kind: 'forbidden',
    message: `the key lacks ${scope}`,
    userMessage: `This API key may not do that: it needs the scope ${scope}.`,
    context: { scope },
    exposeContext: true,
  });
}

export function bodyInvalid(error: z.core.$ZodError): AppError {
  return new AppError({
    code: 'INVALID_INPUT',
    kind: 'invalid_input',
    message: 'body does not have the form of the route',
    userMessage: 'Some fields are not valid. See details.',
    context: { fields: fieldProblems(error) },
    exposeContext: true,
  });
}

export function queryInvalid(fields: Readonly<Record<string, string>>): AppError {
  return new AppError({
    code: 'QUERY_INVALID',
    kind: 'malformed',
    message: 'query or path parameter is not valid',
    userMessage: 'Some parameters of the address are not valid. See details.',
    context: { fields },
    exposeContext: true,
  });
}

export function idempotencyKeyInvalid(): AppError {
  return new AppError({
    code: 'IDEMPOTENCY_KEY_INVALID',
    kind: 'malformed',
    message: 'Idempotency-Key is empty, too long or not printable',
    userMessage: 'Idempotency-Key must have 1 to 255 printable ASCII characters.',
  });
}

export function idempotencyKeyReused(): AppError {
  return new AppError({
    code: 'IDEMPOTENCY_KEY_REUSED',
    kind: 'conflict',
    message: 'Idempotency-Key was used for another request',
    userMessage: 'This Idempotency-Key belongs to another request. Use a new key for a new command.',
  });
}

export function idempotencyKeyInUse(): AppError {
  return new AppError({
    code: 'IDEMPOTENCY_KEY_IN_USE',
    kind: 'conflict',
    message: 'the first request with this Idempotency-Key still runs',
    userMessage: 'The same request is still being worked on. Repeat it in a moment.',
    retriable: true,
    retryAfterSeconds: 1,
  });
}
