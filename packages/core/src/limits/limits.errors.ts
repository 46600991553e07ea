import { AppError } from '../shared/app-error.ts';

/** No loaded family of the organization knows the feature. An alert: somebody asks with a wrong name. */
export function featureUnknown(feature: string): AppError {
  return new AppError({
    code: 'FEATURE_UNKNOWN',
    kind: 'not_found',
    severity: 'warning',
    message: `feature ${JSON.stringify(feature.slice(0, 60))} is not in the catalogue of the organization`,
    userMessage: 'This feature does not exist. Check its name against the catalogue.',
  });
}

/** The feature has no running total that a quantity could be taken from. */
export function featureNotConsumable(feature: string): AppError {
  return new AppError({
    code: 'FEATURE_NOT_CONSUMABLE',
    kind: 'invalid_input',
    message: `${feature} cannot be consumed or reserved`,
    userMessage: 'This feature is not counted by quantity. It can be checked only.',
  });
}

/** Only features counted by level (seats, agents, storage) have a gauge. */
export function featureNotAllocated(feature: string): AppError {
  return new AppError({
    code: 'FEATURE_NOT_ALLOCATED',
    kind: 'invalid_input',
    message: `${feature} has no level`,
    userMessage: 'This feature has no level that could be set or given back.',
  });
}

/** What is counted from a list here cannot be reported, taken or given back beside it. */
export function featureCountedHere(feature: string): AppError {
  return new AppError({
    code: 'FEATURE_COUNTED_HERE',
    kind: 'invalid_input',
    message: `${feature} is counted from the list of active clients`,
    userMessage:
      'Clients are counted from the list of active ones. Check the limit, and add or archive clients.',
  });
}

export function clientUnknown(): AppError {
  return new AppError({
    code: 'CLIENT_UNKNOWN',
    kind: 'invalid_input',
    message: 'client does not exist in this organization',
    userMessage: 'This client does not exist.',
  });
}

/** A reservation is settled once; the same call again is no error, another one is. */
export function reservationSettled(status: string): AppError {
  return new AppError({
    code: 'RESERVATION_SETTLED',
    kind: 'conflict',
    message: `reservation is ${status}`,
    userMessage: 'This reservation was already settled in another way.',
    context: { status },
    exposeContext: true,
  });
}

/** The counters cannot be reached and the plan says to refuse then. */
export function limitsUnavailable(cause: unknown): AppError {
  return new AppError({
    code: 'LIMITS_UNAVAILABLE',
    kind: 'unavailable',
    severity: 'error',
    message: 'limit counters cannot be reached',
    userMessage: 'Limits cannot be read at the moment. Try again shortly.',
    retryAfterSeconds: 2,
    context: { reason: 'unavailable' },
    exposeContext: true,
    cause,
  });
}

const beingCountedCode = 'LIMIT_BEING_COUNTED';

/** No outage: who asks again soon gets an answer. */
export function isBeingCounted(error: unknown): boolean {
  return error instanceof AppError && error.code === beingCountedCode;
}

/** So much was used before anybody asked that counting it takes longer than a call; each call counts on. */
export function limitBeingCounted(feature: string): AppError {
  return new AppError({
    code: beingCountedCode,
    kind: 'unavailable',
    severity: 'warning',
    message: `the usage of ${feature} is still being counted`,
    userMessage:
      'This usage is being counted for the first time. Nothing was changed; try again in a moment.',
    retryAfterSeconds: 1,
    context: { feature },
    exposeContext: true,
  });
}
