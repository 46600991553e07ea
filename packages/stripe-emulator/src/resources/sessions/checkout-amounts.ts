import { allocateDiscounts } from '../../billing/amounts/discounts.ts';
import { blankDiscount } from '../../shapes/catalog.ts';
import type { DiscountRow, Row } from '../../store/rows.ts';
import { isRecord } from '../../wire/params.ts';
import type { World } from '../../world.ts';

/** What a checkout's discounts take off its lines; nothing is redeemed until the checkout is completed. */
export function checkoutDiscount(
  world: World,
  { lines, discounts, currency }: { lines: Row[]; discounts: unknown; currency: string | null },
): number {
  const rows = (Array.isArray(discounts) ? discounts : []).filter(isRecord).flatMap((entry) => {
    const coupon = couponOf(world, entry);
    return coupon === null ? [] : [trialDiscount(coupon)];
  });
  const discountable = lines.map((line) => ({
    amount: Number(line.amount_subtotal),
    product: isRecord(line.price) ? String(line.price.product) : null,
    isDiscountable: true,
  }));
  const allocated = allocateDiscounts(world, discountable, { discounts: rows, currency: currency ?? 'usd' });
  return allocated.flat().reduce((sum, part) => sum + part.amount, 0);
}

function couponOf(world: World, entry: Record<string, unknown>): string | null {
  if (typeof entry.coupon === 'string') return entry.coupon;
  const code =
    typeof entry.promotion_code === 'string'
      ? world.store.get('promotion_code', entry.promotion_code)
      : undefined;
  return code?.promotion.coupon ?? null;
}

function trialDiscount(coupon: string): DiscountRow {
  return {
    ...blankDiscount,
    id: '',
    end: null,
    start: 0,
    source: { coupon, type: 'coupon' },
    _isUsed: false,
  };
}
