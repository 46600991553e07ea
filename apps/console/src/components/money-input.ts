import { currencyExponent, parseCurrency } from '@metergate/core/shared/money/currency';

/** What somebody typed as an amount above zero, in minor units; null while it is none ("12,5", "1.234" of dollars). */
export function minorFromText(text: string, currency: string): string | null {
  const digits = currencyExponent(parseCurrency(currency));
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || part.length > digits) return null;
  const minor = BigInt(whole + part.padEnd(digits, '0'));
  return minor === 0n ? null : minor.toString();
}
