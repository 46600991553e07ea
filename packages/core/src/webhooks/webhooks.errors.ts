import { AppError } from '../shared/app-error.ts';

export function webhookUrlInvalid(): AppError {
  return new AppError({
    code: 'WEBHOOK_URL_INVALID',
    kind: 'invalid_input',
    message: 'webhook url is not an https address without credentials and fragment',
    userMessage: 'Use an address that begins with https:// and holds no user name, password or #.',
  });
}

export function webhookUrlNotPublic(): AppError {
  return new AppError({
    code: 'WEBHOOK_URL_NOT_PUBLIC',
    kind: 'invalid_input',
    message: 'webhook url points into a private network',
    userMessage: 'This address is not reachable from the public internet, so nothing can be sent there.',
  });
}

export function webhookEndpointsTooMany(max: number): AppError {
  return new AppError({
    code: 'WEBHOOK_ENDPOINTS_TOO_MANY',
    kind: 'conflict',
    message: `more than ${max} webhook endpoints`,
    userMessage: `There can be ${max} endpoints. Remove one that is not needed any more.`,
    context: { max },
    exposeContext: true,
  });
}

export function webhookEndpointDisabled(): AppError {
  return new AppError({
    code: 'WEBHOOK_ENDPOINT_DISABLED',
    kind: 'conflict',
    message: 'webhook endpoint is disabled',
    userMessage: 'This endpoint is disabled. Enable it first.',
  });
}
