import { AppError } from '@metergate/core';

/** Marks a procedure whose use-case is not connected yet; none may be left in a release. */
export function pending(): never {
  throw new AppError({
    code: 'NOT_CONNECTED',
    kind: 'unavailable',
    message: 'procedure not connected',
    userMessage: 'This is not available yet.',
  });
}
