import { AppError } from '../../shared/app-error.ts';

export function usageAlreadyBilled(): AppError {
  return new AppError({
    code: 'USAGE_ALREADY_BILLED',
    kind: 'conflict',
    message: 'the month of the refused usage no longer takes reports',
    userMessage:
      'The month of this usage is closed. Billing charges what was missing; nothing is left to report.',
  });
}

export function reportStillSent(): AppError {
  return new AppError({
    code: 'USAGE_REPORT_UNDER_WAY',
    kind: 'conflict',
    message: 'another report of the hour is on its way',
    userMessage: 'Another report of this hour is on its way to Stripe. Try again in a minute.',
  });
}

export function usageCauseRemains(cause?: unknown): AppError {
  return new AppError({
    code: 'USAGE_CAUSE_REMAINS',
    kind: 'conflict',
    message: 'the meter or the customer is not there',
    userMessage: 'Stripe does not have this customer or this meter now, and would refuse the usage again.',
    cause,
  });
}
