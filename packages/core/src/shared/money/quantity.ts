import { z } from 'zod';
import { formatScaled, parseScaled, smallWhole } from './decimal.ts';
import { quantityInvalid } from './money.errors.ts';

/**
 * How much of something was used: a canonical decimal text ("1.5", never "1.50"), at most 12 decimals, |x| < 10^16.
 * Texts keep every digit that a double would lose.
 */
export type Quantity = string;

export interface QuantityRules {
  /** Corrections may be negative; reported usage may not. */
  sign: 'not_negative' | 'any';
}

const reported: QuantityRules = { sign: 'not_negative' };

/**
 * The one reading of a quantity, the same wherever one enters: a plain decimal text or a safe integer number.
 * Refuses "1,000", "0x10", " 5 ", full-width digits, "-0", "1e3", "01", ".5", fractions sent as JSON numbers,
 * NaN and infinities. Throws QUANTITY_INVALID.
 */
export function parseQuantity(input: unknown, rules: QuantityRules = reported): Quantity {
  const text = decimalText(input);
  if (smallWhole(text) !== undefined) return text;
  const scaled = parseScaled(text);
  if (scaled === undefined) {
    throw quantityInvalid('must be a plain decimal below 10^16 with at most 12 decimals');
  }
  if (scaled < 0n && rules.sign === 'not_negative') throw quantityInvalid('must not be negative');
  return formatScaled(scaled);
}

/** Same rules as `parseQuantity`, for request schemas; answers the canonical text. */
export const quantityInputSchema = z.union([z.string().max(40), z.number()]).transform((input, context) => {
  try {
    return parseQuantity(input);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : 'quantity is invalid',
    });
    return z.NEVER;
  }
});

export function addQuantities(...quantities: readonly Quantity[]): Quantity {
  const whole = sumOfSmall(quantities);
  if (whole !== undefined) return String(whole);
  return formatScaled(quantities.reduce((sum, quantity) => sum + quantityToScaled(quantity), 0n));
}

function sumOfSmall(quantities: readonly Quantity[]): number | undefined {
  let sum = 0;
  for (const quantity of quantities) {
    const value = smallWhole(quantity);
    if (value === undefined) return undefined;
    sum += value;
  }
  return Number.isSafeInteger(sum) ? sum : undefined;
}

export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  const [from, taken] = [smallWhole(left), smallWhole(right)];
  if (from !== undefined && taken !== undefined) return String(from - taken);
  return formatScaled(quantityToScaled(left) - quantityToScaled(right));
}

/** Negative, zero or positive, like the comparison functions of `sort`. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  const [one, other] = [smallWhole(left), smallWhole(right)];
  if (one !== undefined && other !== undefined) return Math.sign(one - other);
  const difference = quantityToScaled(left) - quantityToScaled(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Exact product; asserts nothing is lost, so one factor should be a whole number. */
export function multiplyQuantity(quantity: Quantity, times: number): Quantity {
  if (!Number.isSafeInteger(times)) throw quantityInvalid('is multiplied by whole numbers only');
  return formatScaled(quantityToScaled(quantity) * BigInt(times));
}

/** Whole units needed to cover `amount`: 61 seconds in units of 60 are 2 minutes. `unitSize` is positive. */
export function unitsRoundedUp(amount: Quantity, unitSize: Quantity): Quantity {
  const size = quantityToScaled(unitSize);
  if (size <= 0n) throw quantityInvalid('is counted in units larger than zero');
  const scaled = quantityToScaled(amount);
  const whole = scaled / size;
  return (scaled > whole * size ? whole + 1n : whole).toString();
}

/** The quantity times 10^12 as an integer. Sums may be larger than one reported quantity, hence no upper bound. */
export function quantityToScaled(quantity: Quantity): bigint {
  const scaled = parseScaled(quantity) ?? parseLargeSum(quantity);
  if (scaled === undefined) throw quantityInvalid('is not a canonical decimal');
  return scaled;
}

function parseLargeSum(quantity: string): bigint | undefined {
  const match = /^(-?)([1-9][0-9]{16,25})(?:\.([0-9]{1,12}))?$/.exec(quantity);
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const magnitude = BigInt(whole + fraction.padEnd(12, '0'));
  return sign === '' ? magnitude : -magnitude;
}

function decimalText(input: unknown): string {
  if (typeof input === 'string') return input;
  // Object.is keeps -0 out: String(-0) would hide the sign that the text "-0" is refused for.
  if (typeof input === 'number' && Number.isSafeInteger(input) && !Object.is(input, -0)) return String(input);
  throw quantityInvalid('must be a decimal text or a whole number within ±(2^53 − 1)');
}
