import { AppError } from '../app-error.ts';

/** The text is not one of our currencies. */
export function currencyUnknown(code: string): AppError {
  return new AppError({
    code: 'CURRENCY_UNKNOWN',
    kind: 'invalid_input',
    message: `unknown ISO 4217 currency ${JSON.stringify(code.slice(0, 20))}`,
    userMessage: 'This currency is not known. Use a three-letter ISO 4217 code such as USD.',
  });
}

/** Two currencies met in one calculation; there is no exchange rate anywhere in the product. */
export function currencyMismatch(left: string, right: string): AppError {
  return new AppError({
    code: 'CURRENCY_MISMATCH',
    kind: 'internal',
    severity: 'critical',
    message: `${left} and ${right} cannot be combined`,
    userMessage: 'Amounts of different currencies cannot be combined.',
    context: { left, right },
  });
}

/** A quantity outside the documented form (see `parseQuantity`). */
export function quantityInvalid(problem: string): AppError {
  return new AppError({
    code: 'QUANTITY_INVALID',
    kind: 'invalid_input',
    message: `quantity ${problem}`,
    userMessage: `The quantity ${problem}.`,
  });
}

/** A unit price outside the documented form (see `parseUnitPrice`). */
export function unitPriceInvalid(problem: string): AppError {
  return new AppError({
    code: 'UNIT_PRICE_INVALID',
    kind: 'invalid_input',
    message: `unit price ${problem}`,
    userMessage: `The unit price ${problem}.`,
  });
}
