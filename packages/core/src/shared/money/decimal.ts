/** Digits after the point that a quantity or a unit price may have; equal to NUMERIC(38,12) in the database. */
export const decimalPlacesMax = 12;
/** Digits before the point: |x| < 10^16. */
export const integerDigitsMax = 16;

const scale = 10n ** BigInt(decimalPlacesMax);
const decimalPattern = /^(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,12}))?$/;

/**
 * The one reading of a decimal text: ASCII digits, no sign but a leading minus, no exponent, no separators, no
 * spaces, no leading zeros, no negative zero. Answers the value times 10^12, or `undefined` for anything else.
 */
export function parseScaled(text: string): bigint | undefined {
  const small = smallWhole(text);
  if (small !== undefined) return BigInt(small) * scale;
  const match = decimalPattern.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const magnitude = BigInt(whole) * scale + BigInt(fraction.padEnd(decimalPlacesMax, '0'));
  if (sign === '') return magnitude;
  return magnitude === 0n ? undefined : -magnitude;
}

/** Fifteen digits are exact in a double, and so is the sum of a few such numbers. */
const smallDigitsMax = 15;
const [zero, nine] = [48, 57];

/**
 * The value of a canonical whole number of few digits: what nearly every quantity is, at a tenth of the cost of the
 * general reading. `undefined` for everything else, right or wrong.
 */
export function smallWhole(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > smallDigitsMax || (length > 1 && text.charCodeAt(0) === zero))
    return undefined;
  let value = 0;
  for (let n = 0; n < length; n += 1) {
    const code = text.charCodeAt(n);
    if (code < zero || code > nine) return undefined;
    value = value * 10 + (code - zero);
  }
  return value;
}

/** Writes a value times 10^12 in canonical form: no trailing zeros, no point without digits, never "-0". */
export function formatScaled(scaled: bigint): string {
  return trimFraction(formatFixed(scaled, decimalPlacesMax));
}

/** Removes trailing zeros after the point, and the point when nothing follows it. */
export function trimFraction(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal;
}

/** Writes `integer / 10^places` with exactly `places` decimals. */
export function formatFixed(integer: bigint, places: number): string {
  const sign = integer < 0n ? '-' : '';
  const digits = (integer < 0n ? -integer : integer).toString().padStart(places + 1, '0');
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
