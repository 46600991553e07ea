import { blankLineItem } from '../../shapes/invoices.ts';
import type {
  InvoiceItemRow,
  LineRow,
  SubscriptionItemRow,
  SubscriptionRow,
} from '../../store/billing-rows.ts';
import type { PriceRow } from '../../store/rows.ts';
import { newId } from '../../wire/ids.ts';
import type { World } from '../../world.ts';
import { type Fraction, fraction, roundHalfAway, toDecimal } from '../amounts/fraction.ts';
import { type RatedPart, rate } from '../amounts/tiers.ts';
import { spanOf } from '../lifecycle/item-periods.ts';
import { usageOf } from './usage.ts';

export interface Span {
  start: number;
  end: number;
}

/** Lines of one subscription item for a period: licensed quantities in advance, metered ones in arrears. */
export function itemLines(
  world: World,
  subscription: SubscriptionRow,
  { item, period, quantity }: { item: SubscriptionItemRow; period: Span; quantity: Fraction },
): LineRow[] {
  const parts = rate(item.price, subscription.currency, quantity);
  return parts.map((part) => ({
    ...lineOf(world, { price: item.price, currency: subscription.currency, part }),
    metadata: subscription.metadata,
    discounts: item.discounts,
    _taxRates: item.tax_rates ?? [],
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period,
    subscription: subscription.id,
  }));
}

/** Licensed quantities of items, each for its own period, in advance. */
export function licensedLines(
  world: World,
  subscription: SubscriptionRow,
  items: SubscriptionItemRow[] = subscription.items.data,
): LineRow[] {
  return items
    .filter((item) => item.price.recurring?.usage_type !== 'metered')
    .flatMap((item) =>
      itemLines(world, subscription, { item, period: spanOf(item), quantity: fraction(item.quantity ?? 1) }),
    );
}

/** Usage that was measured since each item's period began, until its end or an earlier instant. */
export function meteredLines(
  world: World,
  subscription: SubscriptionRow,
  { items = subscription.items.data, until }: { items?: SubscriptionItemRow[]; until?: number } = {},
): LineRow[] {
  return items
    .filter((item) => item.price.recurring?.usage_type === 'metered')
    .flatMap((item) => {
      const end = Math.min(until ?? item.current_period_end, item.current_period_end);
      const period = { start: item.current_period_start, end };
      const of = { customer: subscription.customer, meter: item.price.recurring?.meter ?? '' };
      return itemLines(world, subscription, { item, period, quantity: usageOf(world, of, period) });
    });
}

function lineOf(
  world: World,
  { price, currency, part }: { price: PriceRow; currency: string; part: RatedPart },
) {
  const amount = roundHalfAway(part.amount);
  const isWhole = part.quantity.numerator % part.quantity.denominator === 0n;
  return {
    ...blankLineItem,
    id: newId('il'),
    amount,
    currency,
    description: describe(world, price, part),
    discount_amounts: [],
    discountable: true,
    invoice: null,
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details' as const,
      unit_amount_decimal: part.unitAmountDecimal,
    },
    quantity: isWhole ? Number(part.quantity.numerator / part.quantity.denominator) : null,
    quantity_decimal: toDecimal(part.quantity),
    subtotal: amount,
    taxes: [],
  };
}

function describe(world: World, price: PriceRow, part: RatedPart): string {
  const name = world.store.get('product', price.product)?.name ?? price.product;
  const interval = price.recurring ? ` / ${price.recurring.interval}` : '';
  return `${toDecimal(part.quantity)} × ${name}${part.label === '' ? '' : ` (${part.label})`}${interval}`;
}

/** The invoice line of an invoice item, a proration or a one-off amount. */
export function lineOfInvoiceItem(item: InvoiceItemRow): LineRow {
  const prorationDetails = { credited_items: item._credited };
  const isProration = item.proration && item._subscriptionItem !== null;
  return {
    ...blankLineItem,
    id: newId('il'),
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: item.discounts,
    invoice: null,
    metadata: item.metadata,
    parent: isProration
      ? {
          invoice_item_details: null,
          subscription_item_details: {
            invoice_item: item.id,
            proration: true,
            proration_details: prorationDetails,
            subscription: item._subscription,
            subscription_item: item._subscriptionItem ?? '',
          },
          type: 'subscription_item_details',
        }
      : {
          invoice_item_details: {
            invoice_item: item.id,
            proration: item.proration,
            proration_details: prorationDetails,
            subscription: item._subscription,
          },
          subscription_item_details: null,
          type: 'invoice_item_details',
        },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: item._subscription,
    subtotal: item.amount,
    taxes: [],
    _taxRates: item.tax_rates ?? [],
  };
}
