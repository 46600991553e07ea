import { assert } from '../assert.ts';
import { decimalPlacesMax, formatFixed, parseScaled, trimFraction } from './decimal.ts';

/** An exact fraction; the denominator is positive. Not reduced: values live for one line of an invoice. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const scale = 10n ** BigInt(decimalPlacesMax);
/** Products of two decimals with 12 places have 24; three factors never meet in rating. */
const exactPlacesMax = 36;

export const zero: Rational = { numerator: 0n, denominator: 1n };

/** `numerator / denominator`; the denominator must not be zero. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  assert(denominator !== 0n, 'a fraction has a denominator other than zero');
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };
}

/** Exact value of a decimal text that has already been validated. */
export function rationalFromDecimal(text: string): Rational {
  const scaled = parseScaled(text);
  assert(scaled !== undefined, 'decimals are validated before they are calculated with');
  return rational(scaled, scale);
}

export function add(left: Rational, right: Rational): Rational {
  if (left.denominator === right.denominator) {
    return { numerator: left.numerator + right.numerator, denominator: left.denominator };
  }
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  };
}

export function subtract(left: Rational, right: Rational): Rational {
  return add(left, { numerator: -right.numerator, denominator: right.denominator });
}

export function multiply(left: Rational, right: Rational): Rational {
  return {
    numerator: left.numerator * right.numerator,
    denominator: left.denominator * right.denominator,
  };
}

export function divide(left: Rational, right: Rational): Rational {
  return rational(left.numerator * right.denominator, left.denominator * right.numerator);
}

/** Negative, zero or positive, like the comparison functions of `sort`. */
export function compare(left: Rational, right: Rational): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Nearest integer; exactly one half moves away from zero, so that a credit mirrors its debit. */
export function roundHalfAwayFromZero(value: Rational): bigint {
  const magnitude = value.numerator < 0n ? -value.numerator : value.numerator;
  const rounded = (2n * magnitude + value.denominator) / (2n * value.denominator);
  return value.numerator < 0n ? -rounded : rounded;
}

/** Smallest integer that is not below the value. */
export function roundUp(value: Rational): bigint {
  const quotient = value.numerator / value.denominator;
  return value.numerator > quotient * value.denominator ? quotient + 1n : quotient;
}

/** Exact decimal text; asserts that the fraction ends (denominators made of decimals always do). */
export function toExactDecimal(value: Rational): string {
  const shifted = value.numerator * 10n ** BigInt(exactPlacesMax);
  assert(shifted % value.denominator === 0n, 'the fraction has a finite decimal form');
  return trimFraction(formatFixed(shifted / value.denominator, exactPlacesMax));
}
