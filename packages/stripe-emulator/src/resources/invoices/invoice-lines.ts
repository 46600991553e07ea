import { lineOfInvoiceItem } from '../../billing/invoicing/lines.ts';
import { withTotals } from '../../billing/invoicing/totals.ts';
import { emitChange } from '../../events/emit.ts';
import type { InvoiceItemRow, InvoiceRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { requireInvoice } from '../find.ts';

export function requireDraft(world: World, id: string): InvoiceRow {
  const invoice = requireInvoice(world, id, 'invoice');
  if (invoice.status !== 'draft') {
    throw invalidRequest('This invoice is no longer editable.', 'invoice', 'invoice_not_editable');
  }
  return invoice;
}

export function addLineToDraft(world: World, invoiceId: string, item: InvoiceItemRow): InvoiceItemRow {
  const before = requireDraft(world, invoiceId);
  const line = { ...lineOfInvoiceItem(item), invoice: before.id };
  const data = [...before.lines.data, line];
  const invoice = world.store.put(
    'invoice',
    withTotals({ ...before, lines: { ...before.lines, data, total_count: data.length } }),
  );
  emitChange(world, 'invoice.updated', { before, after: invoice });
  return world.store.put('invoiceitem', { ...item, invoice: invoice.id });
}
