import { requireCoupon } from '../../billing/discounts/redeem.ts';
import type { Phase, PhaseItem } from '../../store/session-rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';
import { requirePaymentMethod, requirePrice } from '../find.ts';

/** A coupon or code that a phase will redeem when it begins, or a discount that it keeps. */
export interface WantedDiscount {
  coupon: string | null;
  discount: string | null;
  promotion_code: string | null;
}

export function readWantedDiscounts(world: World, entry: Params): WantedDiscount[] {
  return (entry.subs('discounts') ?? []).map((wanted) => {
    const coupon = wanted.textOrNull('coupon');
    const code = wanted.textOrNull('promotion_code');
    const discount = wanted.textOrNull('discount');
    if (coupon !== null) requireCoupon(world, coupon, wanted.nameOf('coupon'));
    if (code !== null && !world.store.get('promotion_code', code)) {
      throw noSuchObject('promotion code', code, wanted.nameOf('promotion_code'));
    }
    if (discount !== null && !world.store.get('discount', discount)) {
      throw noSuchObject('discount', discount, wanted.nameOf('discount'));
    }
    return { coupon, discount, promotion_code: code };
  });
}

export function readPhaseItems(world: World, entry: Params): PhaseItem[] {
  const items = entry.subs('items');
  if (!items || items.length === 0) throw missingParameter(entry.nameOf('items'));
  return items.map((item) => {
    const price = requirePrice(world, item.text('plan') ?? item.requireText('price'), item.nameOf('price'));
    const isMetered = price.recurring?.usage_type === 'metered';
    const quantity = isMetered ? {} : { quantity: item.integer('quantity') ?? 1 };
    return {
      billing_thresholds: null,
      discounts: readWantedDiscounts(world, item),
      metadata: mergeMetadata({}, item),
      plan: price.id,
      price: price.id,
      tax_rates: readTaxRates(world, item, 'tax_rates') ?? [],
      ...quantity,
    };
  });
}

/** One-off amounts that the first invoice of the phase takes. */
function readExtras(world: World, entry: Params) {
  return (entry.subs('add_invoice_items') ?? []).map((extra) => ({
    discountable: extra.flag('discountable') ?? null,
    discounts: readWantedDiscounts(world, extra),
    metadata: mergeMetadata({}, extra),
    period: { end: { type: 'phase_end' }, start: { type: 'phase_start' } },
    price: requirePrice(world, extra.requireText('price'), extra.nameOf('price')).id,
    quantity: extra.integer('quantity') ?? 1,
    tax_rates: readTaxRates(world, extra, 'tax_rates') ?? [],
  }));
}

const NO_INVOICE_SETTINGS = {
  account_tax_ids: null,
  custom_fields: null,
  days_until_due: null,
  description: null,
  footer: null,
  issuer: { type: 'self' },
};

/** What a phase says about the subscription besides its items; null or empty = as it was. */
export function readPhaseSettings(world: World, entry: Params): Partial<Phase> {
  const method = entry.textOrNull('default_payment_method');
  const days = entry.sub('invoice_settings')?.integer('days_until_due');
  return {
    add_invoice_items: readExtras(world, entry),
    billing_cycle_anchor: entry.choice('billing_cycle_anchor', ['automatic', 'phase_start']) ?? null,
    collection_method: entry.choice('collection_method', ['charge_automatically', 'send_invoice']) ?? null,
    default_payment_method:
      method && requirePaymentMethod(world, method, entry.nameOf('default_payment_method')).id,
    default_tax_rates: readTaxRates(world, entry, 'default_tax_rates') ?? [],
    description: entry.textOrNull('description'),
    discounts: readWantedDiscounts(world, entry),
    invoice_settings: days === undefined ? null : { ...NO_INVOICE_SETTINGS, days_until_due: days },
    trial_end: entry.integer('trial_end') ?? null,
  };
}
