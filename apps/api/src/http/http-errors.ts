import { AppError } from '@metergate/core';

/** No such address, for this caller or at all. */
export function routeNotFound(): AppError {
  return new AppError({
    code: 'NOT_FOUND',
    kind: 'not_found',
    message: 'no such route',
    userMessage: 'There is nothing at this address.',
  });
}

export function originRefused(): AppError {
  return new AppError({
    code: 'ORIGIN_NOT_ALLOWED',
    kind: 'forbidden',
    message: 'a request with a session came from a foreign origin',
    userMessage: 'This request did not come from the console. Open the console and try again.',
  });
}

export function mediaTypeRefused(): AppError {
  return new AppError({
    code: 'CONTENT_TYPE_UNSUPPORTED',
    kind: 'unsupported_media',
    message: 'request body is not application/json',
    userMessage: 'Send the body as application/json.',
  });
}

export function rateLimited(retryAfterSeconds: number): AppError {
  return new AppError({
    code: 'RATE_LIMITED',
    kind: 'rate_limited',
    message: 'rate limit reached',
    userMessage: `Too many requests. Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  });
}

/** 401: nobody, or somebody whose session or key is no longer valid. The reason is not told. */
export function notSignedIn(): AppError {
  return new AppError({
    code: 'NOT_SIGNED_IN',
    kind: 'unauthenticated',
    message: 'no valid session',
    userMessage: 'Sign in to continue.',
  });
}

export function accessRefused(needed: string): AppError {
  return new AppError({
    code: 'ACCESS_FORBIDDEN',
    kind: 'forbidden',
    message: `needs ${needed}`,
    userMessage: 'Your role does not allow this. Ask an owner of the organization.',
    context: { needed },
  });
}

/** Nothing of the request was looked at, so it may be sent again as it was. */
export function bodyRoomFull(): AppError {
  return new AppError({
    code: 'BODY_ROOM_FULL',
    kind: 'rate_limited',
    severity: 'warning',
    message: 'no room for another request body',
    userMessage: 'Too much is being received at once. Send the same again in a moment.',
    retryAfterSeconds: 1,
  });
}
