import { addMonths } from '../../billing/amounts/period.ts';
import { emitChange } from '../../events/emit.ts';
import { blankDiscount } from '../../shapes/catalog.ts';
import type { CouponRow, DiscountRow } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import type { Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';

/** Reads `discounts[…][coupon|promotion_code|discount]` and redeems what is new. */
export function readDiscounts(world: World, params: Params, customer: string): string[] | undefined {
  return params.subs('discounts')?.map((entry) => {
    const existing = entry.text('discount');
    if (existing) return existing;
    const code = entry.text('promotion_code');
    if (code) return redeemCode(world, code, customer).id;
    return redeem(world, requireCoupon(world, entry.requireText('coupon')), { customer, promotionCode: null })
      .id;
  });
}

export function requireCoupon(world: World, id: string, param = 'coupon'): CouponRow {
  const coupon = world.store.get('coupon', id);
  if (!coupon) throw noSuchObject('coupon', id, param);
  return coupon;
}

export function redeemCode(world: World, id: string, customer: string): DiscountRow {
  const code = world.store.get('promotion_code', id);
  if (!code) throw noSuchObject('promotion code', id, 'promotion_code');
  const isExpired = code.expires_at !== null && code.expires_at <= customerNow(world, customer);
  const isSpent = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  const isForeign = code.customer !== null && code.customer !== customer;
  if (!code.active || isExpired || isSpent || isForeign) {
    throw invalidRequest(
      'This promotion code cannot be redeemed.',
      'promotion_code',
      'promotion_code_invalid',
    );
  }
  const used = world.store.put('promotion_code', { ...code, times_redeemed: code.times_redeemed + 1 });
  emitChange(world, 'promotion_code.updated', { before: code, after: used });
  return redeem(world, requireCoupon(world, code.promotion.coupon), { customer, promotionCode: id });
}

/** Makes a discount of a coupon for a customer; `repeating` ends after its months. */
export function redeem(
  world: World,
  coupon: CouponRow,
  use: { customer: string; promotionCode: string | null },
): DiscountRow {
  const now = customerNow(world, use.customer);
  const isSpent = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions;
  if (!coupon.valid || isSpent || (coupon.redeem_by !== null && coupon.redeem_by <= now)) {
    throw invalidRequest(`Coupon expired: ${coupon.id}`, 'coupon', 'coupon_expired');
  }
  world.store.put('coupon', { ...coupon, times_redeemed: coupon.times_redeemed + 1 });
  return world.store.put('discount', {
    ...blankDiscount,
    id: newId('di'),
    customer: use.customer,
    end: coupon.duration === 'repeating' ? addMonths(now, coupon.duration_in_months ?? 1) : null,
    promotion_code: use.promotionCode,
    source: { coupon: coupon.id, type: 'coupon' },
    start: now,
    subscription: null,
    _isUsed: false,
  });
}
