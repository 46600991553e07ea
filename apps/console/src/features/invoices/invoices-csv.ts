import type { InvoiceRow } from '../../app/views.ts';

const columns = [
  'id',
  'number',
  'status',
  'is_past_due',
  'currency',
  'total_minor',
  'amount_remaining_minor',
  'period_start',
  'period_end',
  'issued_at',
  'due_at',
  'paid_at',
] as const;

/** Minor units with their currency and instants in UTC: every row can be read without knowing the screen. */
export function invoicesCsv(rows: readonly InvoiceRow[]): string {
  const lines = rows.map((row) => [
    row.id,
    row.number,
    row.status,
    String(row.isPastDue),
    row.currency,
    row.totalMinor,
    row.amountRemainingMinor,
    row.period?.start ?? null,
    row.period?.end ?? null,
    row.issuedAt,
    row.dueAt,
    row.paidAt,
  ]);
  return [columns, ...lines].map((line) => line.map(cell).join(',')).join('\r\n');
}

/** A cell that begins like a formula would be run by spreadsheets; amounts with a plain minus stay numbers. */
function cell(value: string | null): string {
  if (value === null) return '';
  const isFormula = /^[=+\-@\t]/.test(value) && !/^-\d+$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
