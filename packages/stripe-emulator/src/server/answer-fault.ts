import type { ServerResponse } from 'node:http';
import type { ApiFault } from '../faults/faults.ts';
import { newId } from '../wire/ids.ts';
import { sendJson } from './send-json.ts';

/** Answers a call as the rule says, or cuts its connection. */
export function answerFault(fault: ApiFault, response: ServerResponse): void {
  response.setHeader('request-id', newId('req'));
  const answers = {
    rate_limit: [429, { type: 'rate_limit', code: 'rate_limit', message: 'Too many requests' }],
    error_500: [500, { type: 'api_error', message: 'An unknown error occurred' }],
    outage: [503, { type: 'api_error', message: 'Service unavailable' }],
    conflict: [
      409,
      { type: 'idempotency_error', message: 'There is another request with this key in progress' },
    ],
    lock_timeout: [
      429,
      {
        type: 'invalid_request_error',
        code: 'lock_timeout',
        message: 'This object cannot be accessed right now',
      },
    ],
  } as const;
  if (fault.kind === 'drop' || fault.kind === 'latency') {
    response.destroy();
    return;
  }
  if (fault.kind === 'rate_limit') {
    response.setHeader('stripe-rate-limited-reason', fault.reason ?? 'global-rate');
    response.setHeader('stripe-should-retry', 'false');
  }
  if (fault.kind === 'lock_timeout') response.setHeader('stripe-should-retry', 'true');
  const [status, error] = answers[fault.kind];
  sendJson(response, status, { error });
}
