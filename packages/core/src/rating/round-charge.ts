import type { CurrencyCode } from '../shared/money/currency.ts';
import { multiply, type Rational, rational, roundHalfAwayFromZero } from '../shared/money/rational.ts';
import { toMinorUnits } from '../shared/money/unit-price.ts';

/**
 * Smallest amount that cards are charged with, where it is more than one minor unit. A line that is finer could be
 * written and never be paid. Source: https://docs.stripe.com/currencies#special-cases, checked 2026-11-21.
 */
const stepMinorByCurrency: ReadonlyMap<CurrencyCode, bigint> = new Map([
  ...['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((currency) => [currency, 10n] as const),
  ['MGA', 100n],
]);

/**
 * The one rounding of a line: an exact amount in major units to minor units that can be charged, half away from
 * zero. Differences of two such amounts can be charged too, so adjustments and partial invoices need no other.
 */
export function roundCharge(major: Rational, currency: CurrencyCode): bigint {
  const step = stepMinorByCurrency.get(currency) ?? 1n;
  return step * roundHalfAwayFromZero(multiply(toMinorUnits(major, currency), rational(1n, step)));
}
