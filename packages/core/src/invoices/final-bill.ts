import { type ComparedField, differences } from '../shared/compared-field.ts';
import type { InvoiceRecord } from './invoices.ports.ts';

/** What an invoice says is owed; Stripe never changes it once the invoice is final. */
export const billFields: ReadonlySet<string> = new Set([
  'currency',
  'subtotalMinor',
  'taxMinor',
  'totalMinor',
  'lines',
]);

/** True when the bill of an invoice that was final when it was last read differs: one of the copies is wrong. */
export function changesFinalBill(
  local: Pick<InvoiceRecord, 'status'> | null,
  compared: readonly ComparedField[],
): boolean {
  if (local === null || local.status === 'draft') return false;
  return differences(compared).some(({ field }) => billFields.has(field));
}

/** The reading without its bill: what was paid and when still counts, so that nobody is locked out over it. */
export function withBillOf(local: InvoiceRecord, next: InvoiceRecord): InvoiceRecord {
  const { currency, subtotalMinor, taxMinor, totalMinor } = local;
  return { ...next, currency, subtotalMinor, taxMinor, totalMinor };
}
