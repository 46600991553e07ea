import type { InvoiceLineSnapshot } from '@metergate/core/invoices/invoice-snapshot';
import type { Discount } from '@metergate/core/subscriptions/subscriptions.schemas';
import type Stripe from 'stripe';
import { amountFromStripe } from '../amounts.ts';
import { currencyFromStripe, idOf, instantFromStripe, oneOf, requireInstant } from './values.ts';

const durations = ['once', 'repeating', 'forever'] as const;

/** Discounts that were not expanded are left out: their coupon is not known. */
export function discountsFromStripe(
  discounts: readonly (string | Stripe.Discount | Stripe.DeletedDiscount)[],
  currency: string,
): Discount[] {
  return discounts.flatMap((discount) => {
    if (typeof discount === 'string' || discount.deleted === true) return [];
    const { coupon } = discount.source;
    if (coupon === null || typeof coupon === 'string') return [];
    return [
      {
        id: discount.id,
        coupon: coupon.id,
        name: coupon.name ?? coupon.id,
        duration: oneOf(durations, coupon.duration, 'coupon.duration'),
        percentOff: coupon.percent_off === null ? null : String(coupon.percent_off),
        amountOffMinor:
          coupon.amount_off === null ? null : String(amountFromStripe(coupon.amount_off, currency)),
        endsAt: instantFromStripe(discount.end)?.toISOString() ?? null,
      },
    ];
  });
}

/** What was taken off an invoice, one line for each discount, so that the lines add up to the total. */
export function discountLines(invoice: Stripe.Invoice, position: number): InvoiceLineSnapshot[] {
  const currency = currencyFromStripe(invoice.currency);
  const names = new Map(
    discountsFromStripe(invoice.discounts ?? [], currency).map(({ id, name }) => [id, name]),
  );
  const taken = (invoice.total_discount_amounts ?? []).filter(({ amount }) => amount !== 0);
  return taken.map(({ amount, discount }, index) => {
    const name = names.get(idOf(discount) ?? '');
    return {
      stripeLineId: `${invoice.id ?? 'upcoming'}_discount_${index + 1}`,
      position: position + index,
      description: name === undefined ? 'Discount' : `Discount: ${name}`,
      quantity: null,
      unitPrice: null,
      amountMinor: -amountFromStripe(amount, currency),
      currency,
      periodStart: requireInstant(invoice.period_start, 'invoice.period_start'),
      periodEnd: requireInstant(invoice.period_end, 'invoice.period_end'),
      isProration: false,
      priceKey: null,
      meter: null,
      metadata: {},
    };
  });
}
