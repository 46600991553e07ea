import { z } from 'zod';
import { type CurrencyCode, currencyExponent } from './currency.ts';
import { formatScaled, parseScaled } from './decimal.ts';
import { unitPriceInvalid } from './money.errors.ts';
import { multiply, type Rational, rational } from './rational.ts';

/** Price of one unit in **major** units as a canonical decimal text; may be finer than a cent ("0.001"). */
export type UnitPrice = string;

/** Reads a price that is not negative. Throws UNIT_PRICE_INVALID. */
export function parseUnitPrice(text: string): UnitPrice {
  const scaled = parseScaled(text);
  if (scaled === undefined || scaled < 0n) {
    throw unitPriceInvalid('must be a plain decimal, not negative, below 10^16, with at most 12 decimals');
  }
  return formatScaled(scaled);
}

export const unitPriceSchema = z
  .string()
  .refine((text) => (parseScaled(text) ?? -1n) >= 0n, 'must be a plain decimal that is not negative')
  .transform(parseUnitPrice);

/** Exact minor units of an exact amount in major units; the only place where the two scales meet. */
export function toMinorUnits(major: Rational, currency: CurrencyCode): Rational {
  return multiply(major, rational(10n ** BigInt(currencyExponent(currency))));
}
