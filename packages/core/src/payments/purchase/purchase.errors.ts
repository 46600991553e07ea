import { AppError } from '../../shared/app-error.ts';

export function planUnknown(family: string, plan: string): AppError {
  return new AppError({
    code: 'PLAN_UNKNOWN',
    kind: 'not_found',
    message: `plan ${family}/${plan} is not offered`,
    userMessage: 'This plan does not exist or is no longer offered. Choose one of the listed plans.',
    context: { family, plan },
  });
}

export function planNotSelfService(salesEmail: string): AppError {
  return new AppError({
    code: 'PLAN_NOT_SELF_SERVICE',
    kind: 'forbidden',
    message: 'plan is sold by hand',
    userMessage: `This plan is made to measure. Write to ${salesEmail} and we set it up with you.`,
    context: { salesEmail },
    exposeContext: true,
  });
}

export function planIsFree(): AppError {
  return new AppError({
    code: 'PLAN_IS_FREE',
    kind: 'invalid_input',
    message: 'a free plan needs no subscription',
    userMessage: 'The free plan needs no purchase. Cancel the subscription to return to it.',
  });
}

export function intervalNotOffered(interval: string): AppError {
  return new AppError({
    code: 'INTERVAL_NOT_OFFERED',
    kind: 'invalid_input',
    message: `plan is not sold per ${interval}`,
    userMessage: `This plan is not sold per ${interval}.`,
  });
}

export function currencyNotOffered(currency: string): AppError {
  return new AppError({
    code: 'CURRENCY_NOT_OFFERED',
    kind: 'invalid_input',
    message: `plan has no price in ${currency}`,
    userMessage: `This plan has no price in ${currency}.`,
    context: { currency },
    exposeContext: true,
  });
}

export function quantityRefused(problem: string): AppError {
  return new AppError({
    code: 'PURCHASE_QUANTITY_INVALID',
    kind: 'invalid_input',
    message: problem,
    userMessage: 'Choose a whole number between 1 and 100,000.',
  });
}

export function subscriptionExists(family: string): AppError {
  return new AppError({
    code: 'SUBSCRIPTION_EXISTS',
    kind: 'conflict',
    message: `a live subscription of ${family} exists`,
    userMessage: 'There is a running subscription already. Change its plan instead of buying a second one.',
    context: { family },
    exposeContext: true,
  });
}

export function purchaseInProgress(): AppError {
  return new AppError({
    code: 'PURCHASE_IN_PROGRESS',
    kind: 'conflict',
    message: 'another purchase or change of this family is under way',
    userMessage: 'Another purchase or change is being carried out right now. Wait a moment, then look again.',
    retriable: true,
  });
}

export function trialUsed(): AppError {
  return new AppError({
    code: 'TRIAL_ALREADY_USED',
    kind: 'conflict',
    message: 'organization had a trial of this family',
    userMessage: 'The trial was used already. You can subscribe without one.',
  });
}

export function paymentMethodRequired(): AppError {
  return new AppError({
    code: 'PAYMENT_METHOD_REQUIRED',
    kind: 'plan_limit',
    severity: 'info',
    message: 'no payment method is saved for the first charge',
    userMessage: 'No card is saved. Add a payment method, or start by the hosted checkout, and try again.',
  });
}

export function returnPathInvalid(): AppError {
  return new AppError({
    code: 'RETURN_PATH_INVALID',
    kind: 'malformed',
    message: 'return path is not a local path',
    userMessage: 'The address to return to is not one of ours.',
  });
}

export function pricesNotPublished(keys: readonly string[]): AppError {
  return new AppError({
    code: 'CATALOG_NOT_PUBLISHED',
    kind: 'unavailable',
    message: `prices are not at Stripe yet: ${keys.join(', ')}`,
    userMessage: 'This plan cannot be bought yet. Try again in a few minutes.',
    severity: 'error',
    retryAfterSeconds: 60,
  });
}
