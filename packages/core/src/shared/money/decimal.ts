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
  const match = decimalPattern.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const magnitude = BigInt(whole) * scale + BigInt(fraction.padEnd(decimalPlacesMax, '0'));
  if (sign === '') return magnitude;
  return magnitude === 0n ? undefined : -magnitude;
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
