import { blankCreditNoteLineItem } from '../../shapes/invoices.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { Row } from '../../store/rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import type { Params } from '../../wire/params.ts';

/** Reads `lines`, or one line of the whole `amount`. */
export function readLines(params: Params, invoice: InvoiceRow): Row[] {
  const entries = params.subs('lines');
  if (!entries) {
    const amount = params.requireInteger('amount');
    return [creditLine({ amount, description: 'Credit', quantity: 1, type: 'custom_line_item' })];
  }
  return entries.map((entry) => {
    if (entry.choice('type', ['invoice_line_item', 'custom_line_item']) === 'custom_line_item') {
      const amount = (entry.integer('quantity') ?? 1) * entry.requireInteger('unit_amount');
      return creditLine({
        amount,
        description: entry.textOrNull('description'),
        quantity: entry.integer('quantity') ?? 1,
        type: 'custom_line_item',
      });
    }
    const id = entry.requireText('invoice_line_item');
    const line = invoice.lines.data.find((candidate) => candidate.id === id);
    if (!line) throw noSuchObject('invoice line item', id, entry.nameOf('invoice_line_item'));
    const amount = entry.integer('amount') ?? line.amount;
    return {
      ...creditLine({
        amount,
        description: line.description,
        quantity: line.quantity,
        type: 'invoice_line_item',
      }),
      invoice_line_item: id,
    };
  });
}

function creditLine(fields: {
  amount: number;
  description: string | null;
  quantity: number | null;
  type: string;
}): Row {
  return {
    ...blankCreditNoteLineItem,
    id: newId('cnli'),
    amount: fields.amount,
    description: fields.description,
    discount_amount: 0,
    metadata: {},
    quantity: fields.quantity,
    taxes: [],
    type: fields.type,
    unit_amount: fields.type === 'custom_line_item' ? fields.amount : null,
    unit_amount_decimal: fields.type === 'custom_line_item' ? String(fields.amount) : null,
  };
}
