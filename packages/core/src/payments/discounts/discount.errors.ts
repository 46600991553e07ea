import { AppError } from '../../shared/app-error.ts';

export function discountUnknown(): AppError {
  return new AppError({
    code: 'DISCOUNT_UNKNOWN',
    kind: 'not_found',
    message: 'no active promotion code or coupon of that text',
    userMessage: 'This code does not exist or is no longer valid.',
  });
}

/** Stripe knows its conditions: first purchase only, least amount, currency, number of redemptions. */
export function discountNotApplicable(cause: unknown): AppError {
  return new AppError({
    code: 'DISCOUNT_NOT_APPLICABLE',
    kind: 'invalid_input',
    severity: 'info',
    message: `Stripe refused the discount: ${cause instanceof Error ? cause.message : 'unknown'}`,
    userMessage: 'This code cannot be used here: its conditions are not met.',
    cause,
  });
}
