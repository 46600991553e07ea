import { emit } from '../../events/emit.ts';
import { blankInvoiceitem } from '../../shapes/invoices.ts';
import type { InvoiceItemRow, SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { PriceRow } from '../../store/rows.ts';
import { newId } from '../../wire/ids.ts';
import { customerNow, type World } from '../../world.ts';
import { fraction, roundHalfAway } from '../amounts/fraction.ts';
import { prorate } from '../amounts/proration.ts';
import { amountsIn, rate } from '../amounts/tiers.ts';
import { activeDiscounts, allocateDiscounts } from '../discounts/allocate.ts';
import type { ItemChange } from './items.ts';

interface ProrationFields {
  item: SubscriptionItemRow;
  price: PriceRow;
  quantity: number;
  amount: number;
  at: number;
  credited: Record<string, unknown> | null;
}

/** What each item would cost for a whole period now, after the discounts of now. */
export function fullAmounts(
  world: World,
  subscription: SubscriptionRow,
  { changes, at }: { changes: ItemChange[]; at: number },
): number[] {
  const gross = changes.map(({ price, quantity }) =>
    rate(price, subscription.currency, fraction(quantity)).reduce(
      (total, part) => total + roundHalfAway(part.amount),
      0,
    ),
  );
  const lines = changes.map(({ price, discounts, existing }, index) => ({
    amount: gross[index] ?? 0,
    product: price.product,
    isDiscountable: true,
    own: discounts ?? existing?.discounts ?? [],
  }));
  const discounts = activeDiscounts(world, subscription, at);
  const allocated = allocateDiscounts(world, lines, { discounts, currency: subscription.currency });
  return gross.map(
    (amount, index) => amount - (allocated[index] ?? []).reduce((sum, part) => sum + part.amount, 0),
  );
}

/** Credits what was charged for the time that is left; the item is charged nothing for it from now on. */
export function creditItem(
  world: World,
  subscription: SubscriptionRow,
  { item, at }: { item: SubscriptionItemRow; at: number },
): void {
  const charged = item._charged;
  if (!charged || charged.amount === 0) return;
  const amount = -prorate(charged.amount, { start: charged.periodStart, end: charged.periodEnd }, at);
  const credited = charged.invoice ? { invoice: charged.invoice, invoice_line_items: charged.lines } : null;
  addProration(world, subscription, {
    item,
    price: item.price,
    quantity: item.quantity ?? 1,
    amount,
    at,
    credited,
  });
}

export function debitItem(
  world: World,
  subscription: SubscriptionRow,
  debit: { item: SubscriptionItemRow; fullAmount: number; at: number },
): void {
  const { item, fullAmount, at } = debit;
  const period = { start: item.current_period_start, end: item.current_period_end };
  const amount = prorate(fullAmount, period, at);
  addProration(world, subscription, {
    item,
    price: item.price,
    quantity: item.quantity ?? 1,
    amount,
    at,
    credited: null,
  });
}

export function creditUnusedTime(world: World, subscription: SubscriptionRow, at: number): void {
  for (const item of subscription.items.data) creditItem(world, subscription, { item, at });
}

/** A proration waits as an invoice item until an invoice takes it. */
function addProration(world: World, subscription: SubscriptionRow, fields: ProrationFields): InvoiceItemRow {
  const { item, price, at, amount } = fields;
  const name = world.store.get('product', price.product)?.name ?? price.product;
  const day = new Date(at * 1000).toISOString().slice(0, 10);
  const pending = world.store.put('invoiceitem', {
    ...blankInvoiceitem,
    id: newId('ii'),
    amount,
    currency: subscription.currency,
    customer: subscription.customer,
    date: customerNow(world, subscription.customer),
    description: `${amount < 0 || fields.credited ? 'Unused' : 'Remaining'} time on ${fields.quantity} × ${name} after ${day}`,
    discountable: false,
    discounts: [],
    metadata: subscription.metadata,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
      type: 'subscription_details',
    },
    period: { start: at, end: item.current_period_end },
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: amountsIn(price, subscription.currency).unit_amount_decimal,
    },
    proration: true,
    quantity: fields.quantity,
    quantity_decimal: String(fields.quantity),
    tax_rates: item.tax_rates ?? [],
    test_clock: subscription.test_clock,
    _subscription: subscription.id,
    _subscriptionItem: item.id,
    _credited: fields.credited,
  });
  emit(world, 'invoiceitem.created', pending);
  return pending;
}
