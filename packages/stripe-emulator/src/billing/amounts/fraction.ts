/** An exact rational number; amounts stay exact until the invoice line, where they are rounded once. */
export interface Fraction {
  numerator: bigint;
  /** Always positive. */
  denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

export function fraction(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
  const n = BigInt(numerator);
  const d = BigInt(denominator);
  if (d === 0n) throw new RangeError('denominator is zero');
  return d < 0n ? { numerator: -n, denominator: -d } : { numerator: n, denominator: d };
}

/** Reads a decimal such as `-12.5`; throws RangeError for anything else. */
export function parseDecimal(text: string): Fraction {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole = '0', decimals = ''] = match;
  const numerator = BigInt(whole + decimals);
  return { numerator: sign === '-' ? -numerator : numerator, denominator: 10n ** BigInt(decimals.length) };
}

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

/** Half away from zero: 0.5 → 1, −0.5 → −1. */
export function roundHalfAway({ numerator, denominator }: Fraction): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return Number(numerator < 0n ? -rounded : rounded);
}

/** The exact decimal text when there is one within 12 digits, else cut there; for `*_decimal` fields. */
export function toDecimal(value: Fraction): string {
  const scaled = (value.numerator * 10n ** 12n) / value.denominator;
  const magnitude = (scaled < 0n ? -scaled : scaled).toString().padStart(13, '0');
  const decimals = magnitude.slice(-12).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${magnitude.slice(0, -12)}${decimals === '' ? '' : `.${decimals}`}`;
}
