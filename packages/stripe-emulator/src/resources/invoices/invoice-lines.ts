import { discounted } from '../../billing/discounts/apply.ts';
import { spendOnce } from '../../billing/discounts/held.ts';
import { lineOfInvoiceItem } from '../../billing/invoicing/lines.ts';
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

/** A draft with other lines or discounts: both decide what the discounts take off. */
export function storeDraft(world: World, before: InvoiceRow, fields: Partial<InvoiceRow>): InvoiceRow {
  const after = world.store.put('invoice', discounted(world, { ...before, ...fields }));
  spendOnce(world, after);
  emitChange(world, 'invoice.updated', { before, after });
  return after;
}

export function addLineToDraft(world: World, invoiceId: string, item: InvoiceItemRow): InvoiceItemRow {
  const before = requireDraft(world, invoiceId);
  const line = { ...lineOfInvoiceItem(item), invoice: before.id };
  const data = [...before.lines.data, line];
  const invoice = storeDraft(world, before, { lines: { ...before.lines, data } });
  return world.store.put('invoiceitem', { ...item, invoice: invoice.id });
}
