import { fraction, multiply, parseDecimal, roundHalfAway } from '../../billing/amounts/fraction.ts';
import { rate } from '../../billing/amounts/tiers.ts';
import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankInvoiceitem } from '../../shapes/invoices.ts';
import type { InvoiceItemRow } from '../../store/billing-rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import { nowFor, type World } from '../../world.ts';
import { readDiscounts } from '../catalog/discount-params.ts';
import { createPrice } from '../catalog/prices.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';
import { requireCustomer, requirePrice } from '../find.ts';
import { addLineToDraft } from './invoice-lines.ts';

interface Amounts {
  amount: number;
  pricing: InvoiceItemRow['pricing'];
  description: string | null;
}

export function readAmount(world: World, params: Params, currency: string): Amounts {
  const quantity = fraction(params.integer('quantity') ?? 1);
  const priceId = params.sub('pricing')?.text('price') ?? params.text('price');
  const inline = params.sub('price_data');
  if (priceId || inline) {
    const price = priceId
      ? requirePrice(world, priceId, 'pricing[price]')
      : createPrice(world, inline ?? params);
    const amount = rate(price, currency, quantity).reduce(
      (total, part) => total + roundHalfAway(part.amount),
      0,
    );
    const priceDetails = { price: price.id, product: price.product };
    const description = world.store.get('product', price.product)?.name ?? null;
    return {
      amount,
      pricing: {
        price_details: priceDetails,
        type: 'price_details',
        unit_amount_decimal: price.unit_amount_decimal,
      },
      description,
    };
  }
  const unit = params.text('unit_amount_decimal');
  if (unit)
    return {
      amount: roundHalfAway(multiply(parseDecimal(unit), quantity)),
      pricing: null,
      description: null,
    };
  const amount = params.integer('amount') ?? params.integer('unit_amount');
  if (amount === undefined) throw missingParameter('amount');
  return { amount, pricing: null, description: null };
}

/** Adds an amount that the next invoice takes. */
export function addPendingItem(
  world: World,
  params: Params,
  owner: { customer: string; currency: string; subscription: string | null },
): InvoiceItemRow {
  const customer = requireCustomer(world, owner.customer, 'customer');
  const now = nowFor(world, customer);
  const { amount, pricing, description } = readAmount(world, params, owner.currency);
  const quantity = params.integer('quantity') ?? 1;
  const period = params.sub('period');
  const item = world.store.put('invoiceitem', {
    ...blankInvoiceitem,
    id: newId('ii'),
    amount,
    currency: owner.currency,
    customer: owner.customer,
    date: now,
    description: params.textOrNull('description') ?? description,
    discountable: params.flag('discountable') ?? amount > 0,
    discounts: readDiscounts(world, params, owner) ?? [],
    metadata: mergeMetadata({}, params),
    parent: owner.subscription
      ? { subscription_details: { subscription: owner.subscription }, type: 'subscription_details' }
      : null,
    period: { start: period?.integer('start') ?? now, end: period?.integer('end') ?? now },
    pricing,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: readTaxRates(world, params, 'tax_rates') ?? [],
    test_clock: customer.test_clock,
    _subscription: owner.subscription,
    _subscriptionItem: null,
    _credited: null,
  });
  emit(world, 'invoiceitem.created', item);
  return item;
}

function create({ world, params }: Call) {
  const customer = requireCustomer(world, params.requireText('customer'), 'customer');
  const currency = params.text('currency')?.toLowerCase() ?? customer.currency ?? 'usd';
  const subscription = params.textOrNull('subscription');
  const item = addPendingItem(world, params, { customer: customer.id, currency, subscription });
  const invoice = params.text('invoice');
  return invoice ? addLineToDraft(world, invoice, item) : item;
}

function requireItem(world: World, id: string): InvoiceItemRow {
  const item = world.store.get('invoiceitem', id);
  if (!item) throw noSuchObject('invoiceitem', id);
  return item;
}

function update({ world, params, id }: Call) {
  const before = requireItem(world, id);
  const item = world.store.put('invoiceitem', {
    ...before,
    amount: params.integer('amount') ?? before.amount,
    description: params.has('description') ? params.textOrNull('description') : before.description,
    discounts: readDiscounts(world, params, before) ?? before.discounts,
    metadata: mergeMetadata(before.metadata, params),
  });
  return item;
}

function remove({ world, id }: Call) {
  const item = requireItem(world, id);
  const invoice = item.invoice === null ? undefined : world.store.get('invoice', item.invoice);
  if (invoice && invoice.status !== 'draft')
    throw invalidRequest(
      'This invoice item is attached to an invoice that is no longer editable.',
      undefined,
      'invoice_not_editable',
    );
  world.store.delete('invoiceitem', id);
  emit(world, 'invoiceitem.deleted', item);
  return { id, object: 'invoiceitem', deleted: true };
}

export const invoiceItemRoutes: Route[] = [
  { method: 'POST', path: '/v1/invoiceitems', handler: create },
  {
    method: 'GET',
    path: '/v1/invoiceitems',
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      const invoice = params.text('invoice');
      const isPending = params.flag('pending');
      const matches = (row: InvoiceItemRow) =>
        (!customer || row.customer === customer) &&
        (!invoice || row.invoice === invoice) &&
        (isPending === undefined || (row.invoice === null) === isPending);
      return listOf(world, 'invoiceitem', { params, url: '/v1/invoiceitems', matches });
    },
  },
  { method: 'GET', path: '/v1/invoiceitems/:id', handler: ({ world, id }) => requireItem(world, id) },
  { method: 'POST', path: '/v1/invoiceitems/:id', handler: update },
  { method: 'DELETE', path: '/v1/invoiceitems/:id', handler: remove },
];
