import { AppError } from '@metergate/core';
import Stripe from 'stripe';

/** How long to wait before asking again when Stripe gave no answer. */
const retryAfterSeconds = 5;

/** Refusals that no retry of the same card can change. */
const hardDeclines: ReadonlySet<string> = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'fraudulent',
  'restricted_card',
  'invalid_account',
  'card_not_supported',
]);

/** Converts what the SDK threw, by type and code and never by text. Anything that is not Stripe's passes through. */
export function fromStripeError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Stripe.errors.StripeError)) return error;
  const context = {
    stripeType: error.type,
    stripeCode: error.code ?? null,
    stripeStatus: error.statusCode ?? null,
    stripeRequestId: error.requestId ?? null,
  };
  if (error instanceof Stripe.errors.StripeCardError) return paymentDeclined(error, context);
  if (error instanceof Stripe.errors.StripeConnectionError) return stripeUnavailable(context, error);
  if (error instanceof Stripe.errors.StripeRateLimitError) return stripeUnavailable(context, error);
  if (error.rawType === 'idempotency_error' && error.statusCode === 409) {
    return stripeUnavailable(context, error);
  }
  if (error instanceof Stripe.errors.StripeAPIError) return stripeUnavailable(context, error);
  if ((error.statusCode ?? 0) >= 500) return stripeUnavailable(context, error);
  if (isCredentialError(error)) return settingsRefused(context, error);
  return requestRefused(context, error);
}

/** True when Stripe gave no usable answer: the call may have happened and is safe to repeat with the same key. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STRIPE_UNAVAILABLE';
}

/**
 * For a write whose key is used again while nobody knows how it ended. `isOver`: this key will never be answered in
 * another way (Stripe keeps failures of its own, and what a key was first used for), so the next one has to be new.
 */
export function withKnownEnd(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { stripeType, stripeStatus } = error.context;
  const isServerError = isUnavailable(error) && Number(stripeStatus ?? 0) >= 500;
  const isOtherRequest = !isUnavailable(error) && stripeType === 'StripeIdempotencyError';
  if (!isServerError && !isOtherRequest) return error;
  return stripeUnavailable({ ...error.context, isOver: true }, error.cause);
}

/** True for the answer "there is no such object". */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

export function stripeUnavailable(context: Record<string, unknown>, cause?: unknown): AppError {
  return new AppError({
    code: 'STRIPE_UNAVAILABLE',
    kind: 'unavailable',
    severity: 'warning',
    retriable: true,
    retryAfterSeconds,
    message: 'Stripe gave no usable answer',
    userMessage: 'The payment service does not answer right now. Nothing was lost; please try again shortly.',
    context,
    cause,
  });
}

function paymentDeclined(
  error: InstanceType<typeof Stripe.errors.StripeCardError>,
  context: Record<string, unknown>,
): AppError {
  const declineCode = error.decline_code ?? error.code ?? 'generic_decline';
  return new AppError({
    code: 'PAYMENT_DECLINED',
    kind: 'plan_limit',
    severity: 'info',
    retriable: false,
    message: `card refused: ${declineCode}`,
    userMessage: declineText(declineCode),
    context: { ...context, declineCode, isFinal: hardDeclines.has(declineCode) },
    cause: error,
  });
}

/** What the cardholder can do about it; the reason of a suspected theft is not told. */
function declineText(declineCode: string): string {
  switch (declineCode) {
    case 'insufficient_funds':
      return 'The card has insufficient funds. Please use another card or try later.';
    case 'expired_card':
      return 'The card has expired. Please add a new card.';
    case 'incorrect_cvc':
    case 'invalid_cvc':
      return 'The security code of the card is wrong. Please check it.';
    case 'authentication_required':
      return 'The bank wants you to approve this payment. Please confirm it and try again.';
    case 'processing_error':
      return 'The bank could not process the card. Please try again in a moment.';
    default:
      return 'The card was declined. Please use another card or ask your bank.';
  }
}

function isCredentialError(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  return (
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError
  );
}

function settingsRefused(context: Record<string, unknown>, cause: unknown): AppError {
  return new AppError({
    code: 'STRIPE_SETTINGS_REFUSED',
    kind: 'internal',
    severity: 'critical',
    message: 'Stripe refused our key',
    userMessage: 'The payment settings of this installation are not valid.',
    context,
    cause,
  });
}

function requestRefused(
  context: Record<string, unknown>,
  cause: InstanceType<typeof Stripe.errors.StripeError>,
): AppError {
  return new AppError({
    code: 'STRIPE_REQUEST_REFUSED',
    kind: 'internal',
    severity: 'error',
    retriable: false,
    message: `Stripe refused the request: ${cause.message}`,
    userMessage: 'The payment service refused this change. We have been told.',
    context: { ...context, param: cause.param ?? null },
    cause,
  });
}
