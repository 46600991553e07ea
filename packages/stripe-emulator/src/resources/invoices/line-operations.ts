import { fraction, multiply, parseDecimal, roundHalfAway } from '../../billing/amounts/fraction.ts';
import { storeDraft } from '../../billing/invoicing/store-draft.ts';
import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import type { InvoiceItemRow, InvoiceRow, LineRow } from '../../store/billing-rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';
import { addLineToDraft, requireDraft } from './invoice-lines.ts';
import { addPendingItem, readAmount } from './invoiceitems.ts';

function linesOf(params: Params): Params[] {
  const lines = params.subs('lines');
  if (!lines || lines.length === 0) throw missingParameter('lines');
  return lines;
}

function withMetadata(world: World, id: string, params: Params): InvoiceRow {
  const invoice = requireDraft(world, id);
  const sent = params.sub('invoice_metadata')?.raw;
  if (!sent) return invoice;
  const metadata = { ...invoice.metadata };
  for (const [key, value] of Object.entries(sent)) metadata[key] = String(value);
  return world.store.put('invoice', { ...invoice, metadata });
}

function itemOf(world: World, line: LineRow): InvoiceItemRow | undefined {
  const id =
    line.parent.invoice_item_details?.invoice_item ?? line.parent.subscription_item_details?.invoice_item;
  return typeof id === 'string' ? world.store.get('invoiceitem', id) : undefined;
}

/** New lines, or pending invoice items that are named. */
function addLines({ world, params, id }: Call) {
  for (const entry of linesOf(params)) {
    const invoice = requireDraft(world, id);
    const pending = entry.text('invoice_item');
    const known = pending && world.store.get('invoiceitem', pending);
    if (pending && (!known || known.invoice !== null)) {
      throw noSuchObject('invoiceitem', pending, entry.nameOf('invoice_item'));
    }
    const item =
      known ||
      addPendingItem(world, entry, {
        customer: invoice.customer,
        currency: invoice.currency,
        subscription: null,
      });
    addLineToDraft(world, id, item);
  }
  return withMetadata(world, id, params);
}

function changedLine(
  world: World,
  line: LineRow,
  { entry, currency }: { entry: Params; currency: string },
): LineRow {
  const isPriced = ['amount', 'pricing', 'price_data', 'quantity'].some((name) => entry.has(name));
  const priced = isPriced && (entry.has('amount') || entry.has('pricing') || entry.has('price_data'));
  const amounts = priced ? readAmount(world, entry, currency) : null;
  const quantity = entry.integer('quantity');
  const unit = line.pricing?.unit_amount_decimal;
  // A new quantity alone keeps the price.
  const perUnit =
    quantity !== undefined && !amounts && typeof unit === 'string'
      ? roundHalfAway(multiply(parseDecimal(unit), fraction(quantity)))
      : null;
  const amount = amounts?.amount ?? perUnit ?? line.amount;
  const period = entry.sub('period');
  const taxRates = readTaxRates(world, entry, 'tax_rates');
  return {
    ...line,
    amount,
    subtotal: amount,
    description: entry.has('description') ? entry.textOrNull('description') : line.description,
    discountable: entry.flag('discountable') ?? line.discountable,
    metadata: mergeMetadata(line.metadata, entry),
    period: {
      start: period?.integer('start') ?? line.period.start,
      end: period?.integer('end') ?? line.period.end,
    },
    pricing: amounts?.pricing ?? line.pricing,
    quantity: quantity ?? line.quantity,
    quantity_decimal: quantity === undefined ? line.quantity_decimal : String(quantity),
    ...(taxRates ? { _taxRates: taxRates } : {}),
  };
}

function updateLine(world: World, id: string, entry: Params): LineRow {
  const before = requireDraft(world, id);
  const lineId = entry.requireText('id');
  const line = before.lines.data.find((candidate) => candidate.id === lineId);
  if (!line) throw noSuchObject('line_item', lineId, entry.nameOf('id'));
  const changed = changedLine(world, line, { entry, currency: before.currency });
  const data = before.lines.data.map((candidate) => (candidate.id === lineId ? changed : candidate));
  const item = itemOf(world, line);
  if (item)
    world.store.put('invoiceitem', { ...item, amount: changed.amount, description: changed.description });
  const after = storeDraft(world, before, { lines: { ...before.lines, data } });
  return after.lines.data.find((candidate) => candidate.id === lineId) ?? changed;
}

/** `delete` forgets the invoice item behind a line, `unassign` lets it wait for the next invoice. */
function removeLines({ world, params, id }: Call) {
  for (const entry of linesOf(params)) {
    const before = requireDraft(world, id);
    const lineId = entry.requireText('id');
    const line = before.lines.data.find((candidate) => candidate.id === lineId);
    if (!line) throw noSuchObject('line_item', lineId, entry.nameOf('id'));
    const data = before.lines.data.filter((candidate) => candidate.id !== lineId);
    const item = itemOf(world, line);
    const isKept = entry.choice('behavior', ['delete', 'unassign']) === 'unassign';
    if (item && isKept) world.store.put('invoiceitem', { ...item, invoice: null });
    else if (item) {
      world.store.delete('invoiceitem', item.id);
      emit(world, 'invoiceitem.deleted', item);
    }
    storeDraft(world, before, { lines: { ...before.lines, data } });
  }
  return withMetadata(world, id, params);
}

function updateLines({ world, params, id }: Call) {
  for (const entry of linesOf(params)) updateLine(world, id, entry);
  return withMetadata(world, id, params);
}

export const lineOperationRoutes: Route[] = [
  { method: 'POST', path: '/v1/invoices/:id/add_lines', handler: addLines },
  { method: 'POST', path: '/v1/invoices/:id/update_lines', handler: updateLines },
  { method: 'POST', path: '/v1/invoices/:id/remove_lines', handler: removeLines },
  {
    method: 'POST',
    path: '/v1/invoices/:id/lines/:subId',
    handler: ({ world, params, id, subId }) => updateLine(world, id, params.with({ id: subId })),
  },
];
