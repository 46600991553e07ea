import type { InvoiceRow } from '../../app/views.ts';
import { csvOf } from '../../components/csv.ts';

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
  return csvOf([columns, ...lines]);
}
