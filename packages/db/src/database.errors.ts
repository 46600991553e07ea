import { AppError } from '@metergate/core';

/**
 * The database does not answer, or every connection is in use for too long. Usually nothing was changed; when the
 * connection broke during the commit nobody knows, so the words do not promise it.
 */
export function databaseUnavailable(cause: unknown): AppError {
  return new AppError({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'unavailable',
    severity: 'critical',
    message: 'the database does not answer',
    userMessage: 'The service is briefly unavailable. Try again in a moment.',
    retriable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

/** Usage or a decision waited in vain for somebody who holds what it needs. What it would have changed was not. */
export function databaseBusy(cause: unknown): AppError {
  return new AppError({
    code: 'DATABASE_BUSY',
    kind: 'unavailable',
    severity: 'error',
    message: 'a statement about usage was not done in time',
    userMessage: 'The service is busy. Send the same again in a moment: nothing is counted twice.',
    retryAfterSeconds: 5,
    cause,
  });
}

/** Concurrent changes of the same rows got into each other's way more often than we retry. Nothing was changed. */
export function transactionConflict(cause: unknown): AppError {
  return new AppError({
    code: 'TRANSACTION_CONFLICT',
    kind: 'unavailable',
    severity: 'warning',
    message: 'a transaction lost against concurrent ones on every attempt',
    userMessage: 'Somebody changed the same thing at the same moment. Nothing was changed; try again.',
    retriable: true,
    retryAfterSeconds: 1,
    cause,
  });
}
