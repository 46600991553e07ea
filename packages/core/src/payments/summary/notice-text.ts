import { formatMoney, formatQuantity } from '../../shared/money/format-money.ts';

const locale = 'en-US';

/** "12 Nov", in the organization's zone. */
export function dayText(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }).format(at);
}

export function amountText(amountMinor: bigint, currency: string): string {
  return formatMoney({ amountMinor, currency }, locale);
}

export function quantityText(quantity: string): string {
  return formatQuantity(quantity, locale);
}
