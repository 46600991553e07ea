import { AppError } from '../../shared/app-error.ts';

export function ownPriceNotPossible(why: string): AppError {
  return new AppError({
    code: 'OWN_PRICE_NOT_POSSIBLE',
    kind: 'invalid_input',
    message: why,
    userMessage: `${why}.`,
  });
}

export function ownPriceTooFine(currency: string): AppError {
  return new AppError({
    code: 'OWN_PRICE_TOO_FINE',
    kind: 'invalid_input',
    message: `finer than ${currency} can be paid`,
    userMessage: `A fee is paid as a whole: give no more decimals than ${currency} has.`,
  });
}

export function ownPriceTooLarge(): AppError {
  return new AppError({
    code: 'OWN_PRICE_TOO_LARGE',
    kind: 'invalid_input',
    message: 'more than eight digits of the smallest unit',
    userMessage: 'This price is higher than the payment service can charge.',
  });
}

/** Somebody else agreed on something meanwhile: what was seen is answered so that a person can decide again. */
export function ownPriceChanged(unitPrice: string | null): AppError {
  return new AppError({
    code: 'OWN_PRICE_CHANGED',
    kind: 'conflict',
    message: `the own price is ${unitPrice ?? 'none'} now`,
    userMessage:
      unitPrice === null
        ? 'The own price was ended meanwhile. Look again.'
        : `Somebody set the own price to ${unitPrice} meanwhile. Look again.`,
    context: { unitPrice },
    exposeContext: true,
  });
}
