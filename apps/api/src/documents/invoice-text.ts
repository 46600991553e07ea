import { formatMoney, formatQuantity, formatUnitPrice, toMajorDecimal } from '@metergate/core';
import type { InvoiceLineRecord, InvoiceRecord } from '@metergate/core/invoices/invoices.ports';
import { isFullyPrintable, printable } from './pdf-text.ts';

const locale = 'en-GB';

/** With the symbol where the font has it, otherwise with the code. */
export function amountText(amountMinor: bigint, currency: string): string {
  const text = formatMoney({ amountMinor, currency }, locale);
  return isFullyPrintable(text)
    ? printable(text)
    : `${currency} ${toMajorDecimal({ amountMinor, currency })}`;
}

/** "3 × £49.00" as far as both are known. */
export function quantityText(line: InvoiceLineRecord): { quantity: string; unitPrice: string } {
  const { quantity, unitPrice, currency } = line;
  const price = unitPrice === null ? '' : formatUnitPrice({ price: unitPrice, currency }, locale);
  return {
    quantity: quantity === null ? '' : printable(formatQuantity(quantity, locale)),
    unitPrice: isFullyPrintable(price) ? printable(price) : `${currency} ${unitPrice}`,
  };
}

/** The day in the organization's zone. */
export function dayText(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(at);
}

/** Both days inclusive, as people read a period; the end of ours belongs to the next one. */
export function periodText(period: { start: Date; end: Date }, timeZone: string): string {
  const lastInstant = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(Math.max(period.end.getTime() - 1, period.start.getTime()));
  const first = dayText(period.start, timeZone);
  return first === lastInstant ? first : `${first} – ${lastInstant}`;
}

const statusTexts: Readonly<Record<InvoiceRecord['status'], string>> = {
  draft: 'DRAFT',
  open: 'OPEN',
  paid: 'PAID',
  void: 'VOID',
  uncollectible: 'WRITTEN OFF',
};

export function statusText({ status }: InvoiceRecord): string {
  return statusTexts[status];
}
