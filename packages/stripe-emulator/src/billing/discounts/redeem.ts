import { emitChange } from '../../events/emit.ts';
import { blankDiscount } from '../../shapes/catalog.ts';
import type { CouponRow, DiscountRow, PromotionCodeRow } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { customerNow, type World } from '../../world.ts';
import { addMonths } from '../amounts/period.ts';
import { amountOffIn } from './allocate.ts';

/** Who redeems, and on what; what is not known yet is not checked yet. */
export interface Redemption {
  customer: string | null;
  currency?: string | null;
  /** What would be billed before the discount, in minor units; decides about a code's minimum. */
  amount?: number;
}

export function requireCoupon(world: World, id: string, param = 'coupon'): CouponRow {
  const coupon = world.store.get('coupon', id);
  if (!coupon || coupon._isDeleted) throw noSuchObject('coupon', id, param);
  return coupon;
}

/** Refuses a coupon that is expired or used up, or that says nothing about the currency. */
export function checkCoupon(world: World, coupon: CouponRow, use: Redemption): void {
  const now = customerNow(world, use.customer);
  const isSpent = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions;
  if (coupon._isDeleted || isSpent || (coupon.redeem_by !== null && coupon.redeem_by <= now)) {
    throw invalidRequest(`Coupon expired: ${coupon.id}`, 'coupon', 'coupon_expired');
  }
  if (coupon.amount_off === null) return;
  if (coupon.duration === 'forever' && world.request?.isCurrentVersion) {
    throw invalidRequest('Coupons with `amount_off` and a duration of `forever` cannot be used.', 'coupon');
  }
  if (use.currency && amountOffIn(coupon, use.currency) === null) {
    throw invalidRequest(
      `The coupon \`${coupon.id}\` takes off an amount in ${coupon.currency} and cannot be used with ${use.currency}.`,
      'coupon',
    );
  }
}

const refusedCode = () =>
  invalidRequest('This promotion code cannot be redeemed.', 'promotion_code', 'promotion_code_invalid');

/** Refuses a code that is inactive, expired, used up, somebody else's, or whose restrictions are not met. */
export function checkCode(world: World, code: PromotionCodeRow, use: Redemption): CouponRow {
  const isExpired = code.expires_at !== null && code.expires_at <= customerNow(world, use.customer);
  const isSpent = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  const isForeign = code.customer !== null && code.customer !== use.customer;
  if (!code.active || isExpired || isSpent || isForeign) throw refusedCode();
  if (code.restrictions.first_time_transaction && use.customer !== null && hasPaid(world, use.customer)) {
    throw invalidRequest(
      'This promotion code cannot be redeemed because the associated customer has prior transactions.',
      'promotion_code',
      'promotion_code_invalid',
    );
  }
  const minimum = minimumIn(code, use.currency ?? null);
  if (minimum !== null && use.amount !== undefined && use.amount < minimum) throw refusedCode();
  const coupon = requireCoupon(world, code.promotion.coupon);
  checkCoupon(world, coupon, use);
  return coupon;
}

function hasPaid(world: World, customer: string): boolean {
  return (
    world.store.ownedBy('invoice', customer).some((row) => row.amount_paid > 0) ||
    world.store.all('charge').some((row) => row.customer === customer && row.paid)
  );
}

function minimumIn({ restrictions }: PromotionCodeRow, currency: string | null): number | null {
  if (restrictions.minimum_amount === null) return null;
  if (currency === null || currency === restrictions.minimum_amount_currency)
    return restrictions.minimum_amount;
  return restrictions._minimums[currency] ?? null;
}

export function redeemCode(world: World, id: string, use: Redemption & { customer: string }): DiscountRow {
  const code = world.store.get('promotion_code', id);
  if (!code) throw noSuchObject('promotion code', id, 'promotion_code');
  const coupon = checkCode(world, code, use);
  const count = code.times_redeemed + 1;
  const isSpent = code.max_redemptions !== null && count >= code.max_redemptions;
  const used = world.store.put('promotion_code', { ...code, times_redeemed: count, active: !isSpent });
  emitChange(world, 'promotion_code.updated', { before: code, after: used });
  return redeem(world, coupon, { ...use, promotionCode: id });
}

/** Makes a discount of a coupon for a customer; `repeating` ends after its months. */
export function redeem(
  world: World,
  coupon: CouponRow,
  use: Redemption & { customer: string; promotionCode?: string },
): DiscountRow {
  checkCoupon(world, coupon, use);
  const now = customerNow(world, use.customer);
  const count = coupon.times_redeemed + 1;
  const isSpent = coupon.max_redemptions !== null && count >= coupon.max_redemptions;
  world.store.put('coupon', { ...coupon, times_redeemed: count, valid: coupon.valid && !isSpent });
  return world.store.put('discount', {
    ...blankDiscount,
    id: newId('di'),
    customer: use.customer,
    end: coupon.duration === 'repeating' ? addMonths(now, coupon.duration_in_months ?? 1) : null,
    promotion_code: use.promotionCode ?? null,
    source: { coupon: coupon.id, type: 'coupon' },
    start: now,
    subscription: null,
    _isUsed: false,
  });
}
