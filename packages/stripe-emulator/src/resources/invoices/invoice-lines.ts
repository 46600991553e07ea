import { lineOfInvoiceItem } from '../../billing/invoicing/lines.ts';
import { storeDraft } from '../../billing/invoicing/store-draft.ts';
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
  const invoice = storeDraft(world, before, { lines: { ...before.lines, data } });
  return world.store.put('invoiceitem', { ...item, invoice: invoice.id });
}
