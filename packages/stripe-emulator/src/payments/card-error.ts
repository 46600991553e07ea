import type { IntentError } from '../store/rows.ts';
import { ApiFailure } from '../wire/errors.ts';
import type { Decline } from './cards.ts';

/** Stripe's 402. With `keepsWrites`, the failed charge and its events stay, as after a declined payment. */
export function cardError(
  decline: Decline,
  extra: { param?: string; keepsWrites?: boolean; payment_intent?: unknown } = {},
): ApiFailure {
  const { keepsWrites = false, ...fields } = extra;
  return new ApiFailure(402, { ...intentError(decline), ...fields, type: 'card_error' }, keepsWrites);
}

export function intentError(decline: Decline): IntentError {
  return {
    type: 'card_error',
    ...decline,
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replace(/_/g, '-')}`,
  };
}
