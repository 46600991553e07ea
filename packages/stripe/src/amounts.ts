import { currencyExponent } from '@metergate/core/shared/money/currency';

/**
 * Stripe counts some currencies in other units than ISO 4217 says.
 * Source: https://docs.stripe.com/currencies#special-cases and #zero-decimal, checked 2026-11-21:
 * ISK and UGX have no minor unit any more but are still sent with two decimals; MGA is sent without decimals.
 */
const stripeExponentByCurrency: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** Currencies whose amounts must be a multiple of ten at Stripe (same source): three decimals, the last one 0. */
const threeDecimalCurrencies: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Digits of Stripe's smallest unit; `currency` in upper case. */
export function stripeExponent(currency: string): number {
  return stripeExponentByCurrency[currency] ?? currencyExponent(currency);
}

/** Stripe's integer → ISO minor units. An amount that ISO cannot express (half a króna) is refused, not rounded. */
export function amountFromStripe(amount: number | bigint, currency: string): bigint {
  if (typeof amount === 'number' && !Number.isSafeInteger(amount)) {
    throw new RangeError(`Stripe amount ${amount} is not a safe integer`);
  }
  const difference = stripeExponent(currency) - currencyExponent(currency);
  const value = BigInt(amount);
  if (difference <= 0) return value * 10n ** BigInt(-difference);
  const divisor = 10n ** BigInt(difference);
  if (value % divisor !== 0n) throw new RangeError(`${amount} ${currency} has decimals that do not exist`);
  return value / divisor;
}

/** ISO minor units → Stripe's integer. Refuses what Stripe would refuse. */
export function amountToStripe(amountMinor: bigint, currency: string): number {
  const difference = stripeExponent(currency) - currencyExponent(currency);
  if (difference < 0 && amountMinor % 10n ** BigInt(-difference) !== 0n) {
    throw new RangeError(`${amountMinor} ${currency} cannot be charged in whole units`);
  }
  const value =
    difference >= 0 ? amountMinor * 10n ** BigInt(difference) : amountMinor / 10n ** BigInt(-difference);
  if (threeDecimalCurrencies.has(currency) && value % 10n !== 0n) {
    throw new RangeError(`${amountMinor} ${currency} must end in 0`);
  }
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new RangeError(`${amountMinor} ${currency} is too large`);
  return result;
}

/**
 * Unit price in major units (decimal text) → Stripe's `unit_amount_decimal`, exact: "0.01" USD → "1",
 * "0.001" USD → "0.1". Moves the decimal point only.
 */
export function unitAmountToStripe(majorDecimal: string, currency: string): string {
  return shiftDecimal(majorDecimal, stripeExponent(currency));
}

/** Stripe's `unit_amount_decimal` → unit price in major units. */
export function unitAmountFromStripe(unitAmountDecimal: string, currency: string): string {
  return shiftDecimal(unitAmountDecimal, -stripeExponent(currency));
}

function shiftDecimal(text: string, places: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a plain decimal`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const moved = places >= 0 ? fraction.padEnd(places, '0') : fraction;
  const digits = places >= 0 ? whole + moved : whole.padStart(-places + 1, '0') + moved;
  const pointAt = places >= 0 ? whole.length + places : digits.length - fraction.length + places;
  const integer = digits.slice(0, pointAt).replace(/^0+(?=\d)/, '') || '0';
  const rest = digits.slice(pointAt).replace(/0+$/, '');
  const value = rest === '' ? integer : `${integer}.${rest}`;
  return value === '0' ? '0' : sign + value;
}
