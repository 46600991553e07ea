import { expect, test } from 'vitest';
import type { InvoiceRow } from '../../app/views.ts';
import { invoicesCsv } from './invoices-csv.ts';

const invoice: InvoiceRow = {
  id: 'inv_1',
  number: 'INV-1',
  status: 'open',
  isPastDue: false,
  family: 'agency',
  currency: 'JPY',
  totalMinor: '14800',
  amountDueMinor: '14800',
  amountRemainingMinor: '-300',
  period: null,
  issuedAt: '2026-11-01T00:00:00.000Z',
  dueAt: null,
  paidAt: null,
  hostedUrl: null,
  createdAt: '2026-11-01T00:00:00.000Z',
};

test('amounts are exported in minor units with their currency', () => {
  const [, line] = invoicesCsv([invoice]).split('\r\n');
  expect(line).toBe('inv_1,INV-1,open,false,JPY,14800,-300,,,2026-11-01T00:00:00.000Z,,');
});

test('a number that looks like a formula is not run by a spreadsheet', () => {
  expect(invoicesCsv([{ ...invoice, number: '=HYPERLINK("x")' }])).toContain(`"'=HYPERLINK(""x"")"`);
});
