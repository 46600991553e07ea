import { formatMoney, formatUnitPrice } from '@metergate/core/shared/money/format-money';
import { readerLocale } from '../app/locale.ts';

interface AmountProps {
  /** Minor units as digits; null or undefined = not known, shown as a dash and never as zero. */
  minor: string | null | undefined;
  currency: string;
  /** Adds the code where an organization has more than one currency. */
  withCode?: boolean;
}

/** The only way an amount reaches the screen. */
export function Amount({ minor, currency, withCode = false }: AmountProps) {
  return <span className="mg-figure mg-nowrap">{amountText({ minor, currency, withCode })}</span>;
}

/** The same as text, for button labels and summaries read aloud. */
export function amountText({ minor, currency, withCode = false }: AmountProps): string {
  if (minor === null || minor === undefined) return '—';
  const text = trueMinus(formatMoney({ amountMinor: BigInt(minor), currency }, readerLocale()));
  return withCode && !text.includes(currency) ? `${text} ${currency}` : text;
}

/** Price of one unit in major units; keeps every decimal of a price finer than a cent. */
export function unitPriceText(price: string, currency: string): string {
  return formatUnitPrice({ price, currency }, readerLocale());
}

/** Absolute amount, for sentences that already say which way it goes. */
export function unsignedAmountText(minor: string, currency: string): string {
  return amountText({ minor: minor.replace(/^-/, ''), currency });
}

export function differenceMinor(left: string, right: string): string {
  return (BigInt(left) - BigInt(right)).toString();
}

function trueMinus(text: string): string {
  return text.replace('-', '−');
}
