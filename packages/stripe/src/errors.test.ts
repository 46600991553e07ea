import { AppError } from '@metergate/core';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { fromStripeError, withKnownEnd } from './errors.ts';

const { errors } = Stripe;

describe('errors of the Stripe SDK', () => {
  test.each([
    ['a closed connection', new errors.StripeConnectionError({ message: 'x', type: 'api_error' })],
    ['an internal error', new errors.StripeAPIError({ message: 'x', type: 'api_error', statusCode: 500 })],
    [
      'a rate limit',
      new errors.StripeRateLimitError({ message: 'x', type: 'invalid_request_error', statusCode: 429 }),
    ],
  ])('%s may be retried', (_name, error) => {
    const converted = fromStripeError(error);
    expect(converted).toBeInstanceOf(AppError);
    expect(converted).toMatchObject({
      code: 'STRIPE_UNAVAILABLE',
      kind: 'unavailable',
      retriable: true,
      retryAfterSeconds: 5,
    });
  });

  test('a declined card names what the cardholder can do and not the reason of a suspected theft', () => {
    const decline = (code: string) =>
      fromStripeError(
        new errors.StripeCardError({
          message: 'secret text',
          type: 'card_error',
          code: 'card_declined',
          decline_code: code,
        }),
      );
    expect(decline('insufficient_funds')).toMatchObject({ code: 'PAYMENT_DECLINED', retriable: false });
    expect(decline('insufficient_funds')).toMatchObject({ userMessage: expect.stringContaining('funds') });
    expect(decline('stolen_card')).toMatchObject({
      userMessage: 'The card was declined. Please use another card or ask your bank.',
      context: { isFinal: true },
    });
  });

  test('a refused request is ours to fix and is not retried', () => {
    const error = new errors.StripeInvalidRequestError({
      message: 'No such price',
      type: 'invalid_request_error',
      code: 'resource_missing',
      statusCode: 404,
    });
    expect(fromStripeError(error)).toMatchObject({ code: 'STRIPE_REQUEST_REFUSED', retriable: false });
  });

  test.each([
    ['silence', new errors.StripeConnectionError({ message: 'x', type: 'api_error' }), undefined],
    [
      'a first call under the same key that still runs',
      new errors.StripeIdempotencyError({ message: 'x', type: 'idempotency_error', statusCode: 409 }),
      undefined,
    ],
    [
      'a failure of Stripe, which it keeps for the key',
      new errors.StripeAPIError({ message: 'x', type: 'api_error', statusCode: 500 }),
      true,
    ],
    [
      'a key that was used for something else',
      new errors.StripeIdempotencyError({ message: 'x', type: 'idempotency_error', statusCode: 400 }),
      true,
    ],
  ])('%s says whether its key can still be answered', (_name, error, isOver) => {
    const converted = withKnownEnd(fromStripeError(error));
    expect(converted).toMatchObject({ code: 'STRIPE_UNAVAILABLE', retriable: true });
    expect(converted instanceof AppError && converted.context.isOver).toBe(isOver);
  });

  test('what is not of Stripe passes through unchanged', () => {
    const error = new TypeError('bug');
    expect(fromStripeError(error)).toBe(error);
  });
});
