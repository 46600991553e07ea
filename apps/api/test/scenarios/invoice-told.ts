import { formatMoney } from '@metergate/core';

export type ListedInvoice = Record<'id' | 'createdAt' | 'status' | 'totalMinor' | 'currency', string>;

export type ListedLine = Record<'id' | 'description' | 'amountMinor' | 'currency', string> & {
  meter: string | null;
};

export function lineTold({ description, amountMinor, currency }: ListedLine): [string, string] {
  return [description, amount(amountMinor, currency)];
}

export function told({ status, totalMinor, currency }: ListedInvoice): string {
  return `${status} ${amount(totalMinor, currency)}`;
}

export function datedTold(invoice: ListedInvoice): string {
  return `${invoice.createdAt.slice(0, 10)} ${told(invoice)}`;
}

export function amount(amountMinor: string, currency: string): string {
  return formatMoney({ amountMinor: BigInt(amountMinor), currency }, 'en-US');
}
