import { assert } from '../assert.ts';
import { type CurrencyCode, currencyExponent } from './currency.ts';
import { formatFixed } from './decimal.ts';
import { currencyMismatch } from './money.errors.ts';

/** An amount in the smallest unit of its currency (cents for USD, yen for JPY, fils for KWD). */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** Throws CURRENCY_UNKNOWN; the code must be in upper case. */
export function money(amountMinor: bigint, currency: CurrencyCode): Money {
  currencyExponent(currency);
  return { amountMinor, currency };
}

export function addMoney(left: Money, right: Money): Money {
  requireSameCurrency(left, right);
  return { amountMinor: left.amountMinor + right.amountMinor, currency: left.currency };
}

export function subtractMoney(left: Money, right: Money): Money {
  requireSameCurrency(left, right);
  return { amountMinor: left.amountMinor - right.amountMinor, currency: left.currency };
}

export function negateMoney(amount: Money): Money {
  return { amountMinor: -amount.amountMinor, currency: amount.currency };
}

/** Sum in one currency; zero of that currency for an empty list. */
export function sumMoney(currency: CurrencyCode, amounts: readonly Money[]): Money {
  return amounts.reduce(addMoney, money(0n, currency));
}

/** Negative, zero or positive, like the comparison functions of `sort`. */
export function compareMoney(left: Money, right: Money): number {
  requireSameCurrency(left, right);
  return left.amountMinor < right.amountMinor ? -1 : left.amountMinor > right.amountMinor ? 1 : 0;
}

/** Major units with exactly the currency's digits: 123456 USD → "1234.56", 5 KWD → "0.005", 7 JPY → "7". */
export function toMajorDecimal(amount: Money): string {
  return formatFixed(amount.amountMinor, currencyExponent(amount.currency));
}

/**
 * Splits an amount in proportion to the weights. The parts always sum to the whole: each gets its share rounded
 * towards zero, and the left-over minor units go to the largest remainders, earlier parts first on a tie.
 */
export function allocate(totalMinor: bigint, weights: readonly bigint[]): bigint[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(
    weights.every((weight) => weight >= 0n) && weightSum > 0n,
    'weights are not negative and not all zero',
  );
  const magnitude = totalMinor < 0n ? -totalMinor : totalMinor;
  const parts = weights.map((weight, position) => ({
    position,
    share: (magnitude * weight) / weightSum,
    remainder: (magnitude * weight) % weightSum,
  }));
  let left = magnitude - parts.reduce((sum, part) => sum + part.share, 0n);
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? a.position - b.position : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return parts.map(({ share }) => (totalMinor < 0n ? -share : share));
}

function requireSameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) throw currencyMismatch(left.currency, right.currency);
}
