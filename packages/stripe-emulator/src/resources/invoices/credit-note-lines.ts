import { fraction, multiply, roundHalfAway } from '../../billing/amounts/fraction.ts';
import { type TaxAmount, taxesOf } from '../../billing/amounts/taxes.ts';
import { blankCreditNoteLineItem } from '../../shapes/invoices.ts';
import type { DiscountAmount, InvoiceRow, LineRow } from '../../store/billing-rows.ts';
import type { Row } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';

export interface CreditLine extends Row {
  /** Without discount and without taxes that come on top. */
  amount: number;
  discount_amount: number;
  discount_amounts: DiscountAmount[];
  taxes: TaxAmount[];
}

/** Reads `lines`, or one line of the whole `amount`. */
export function readLines(world: World, params: Params, invoice: InvoiceRow): CreditLine[] {
  const entries = params.subs('lines');
  if (entries) return entries.map((entry) => readLine(world, entry, invoice));
  const amount = params.requireInteger('amount');
  return [creditLine({ amount, description: 'Credit', quantity: 1, type: 'custom_line_item' })];
}

function readLine(world: World, entry: Params, invoice: InvoiceRow): CreditLine {
  const rates = readTaxRates(world, entry, 'tax_rates');
  if (entry.choice('type', ['invoice_line_item', 'custom_line_item']) === 'custom_line_item') {
    const quantity = entry.integer('quantity') ?? 1;
    const amount = quantity * entry.requireInteger('unit_amount');
    const description = entry.textOrNull('description');
    const line = creditLine({ amount, description, quantity, type: 'custom_line_item' });
    return rates ? { ...line, tax_rates: rates, taxes: taxesOf(amount, rates) } : line;
  }
  const id = entry.requireText('invoice_line_item');
  const line = invoice.lines.data.find((candidate) => candidate.id === id);
  if (!line) throw noSuchObject('invoice line item', id, entry.nameOf('invoice_line_item'));
  const credited = creditOf(line, readPart(entry, line));
  return rates
    ? { ...credited, tax_rates: rates, taxes: taxesOf(credited.amount - credited.discount_amount, rates) }
    : credited;
}

/** How much of an invoice line: an amount, some of its quantity, or all of it. */
function readPart(entry: Params, line: LineRow): { amount: number; quantity: number | null } {
  const quantity = entry.integer('quantity');
  if (quantity === undefined)
    return { amount: entry.integer('amount') ?? line.amount, quantity: line.quantity };
  if (line.quantity === null || quantity < 1 || quantity > line.quantity) {
    throw invalidRequest('Invalid quantity for this invoice line item.', entry.nameOf('quantity'));
  }
  return { amount: roundHalfAway(fraction(line.amount * quantity, line.quantity)), quantity };
}

/** A part of an invoice line takes its share of the line's discounts and taxes along. */
function creditOf(
  line: LineRow,
  { amount, quantity }: { amount: number; quantity: number | null },
): CreditLine {
  const share = (of: number) =>
    line.amount === 0 ? 0 : roundHalfAway(multiply(fraction(of), fraction(amount, line.amount)));
  const discounts = line.discount_amounts.map((part) => ({ ...part, amount: share(part.amount) }));
  const taxes = line.taxes.map((tax) => ({
    ...tax,
    amount: share(tax.amount),
    taxable_amount: share(tax.taxable_amount),
  }));
  return {
    ...creditLine({ amount, description: line.description, quantity, type: 'invoice_line_item' }),
    discount_amount: discounts.reduce((sum, part) => sum + part.amount, 0),
    discount_amounts: discounts,
    invoice_line_item: line.id,
    tax_rates: line._taxRates ?? [],
    taxes,
  };
}

function creditLine(fields: {
  amount: number;
  description: string | null;
  quantity: number | null;
  type: string;
}): CreditLine {
  const isCustom = fields.type === 'custom_line_item';
  return {
    ...blankCreditNoteLineItem,
    ...fields,
    id: newId('cnli'),
    discount_amount: 0,
    discount_amounts: [],
    metadata: {},
    taxes: [],
    unit_amount: isCustom ? fields.amount : null,
    unit_amount_decimal: isCustom ? String(fields.amount) : null,
  };
}
