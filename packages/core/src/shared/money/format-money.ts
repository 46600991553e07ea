import { currencyExponent } from './currency.ts';
import { trimFraction } from './decimal.ts';
import { type Money, toMajorDecimal } from './money.ts';

/** What `Intl.NumberFormat#format` takes without going through a double. */
type DecimalText = Intl.StringNumericLiteral;

/** For people: `formatMoney({ amountMinor: 123456n, currency: 'USD' }, 'en-US')` → "$1,234.56". */
export function formatMoney(amount: Money, locale: string): string {
  const digits = currencyExponent(amount.currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(toMajorDecimal(amount) as DecimalText);
}

/** For people: all decimals a unit price has, at least those of its currency ("$0.001", "$2.00", "¥300"). */
export function formatUnitPrice(unitPrice: { price: string; currency: string }, locale: string): string {
  const [, fraction = ''] = trimFraction(unitPrice.price).split('.');
  const digits = Math.max(currencyExponent(unitPrice.currency), fraction.length);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: unitPrice.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(unitPrice.price as DecimalText);
}

/** For people: grouping and decimal sign of the locale, every stored decimal shown. */
export function formatQuantity(quantity: string, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 12 }).format(quantity as DecimalText);
}
