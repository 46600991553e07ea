import { allocateDiscounts } from '../../billing/discounts/allocate.ts';
import { checkCode, checkCoupon, requireCoupon } from '../../billing/discounts/redeem.ts';
import { blankDiscount } from '../../shapes/catalog.ts';
import type { CouponRow, DiscountRow, Row } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { isRecord } from '../../wire/params.ts';
import type { World } from '../../world.ts';

/** What is bought: its lines, and who buys if that is known. */
export interface Order {
  lines: Row[];
  currency: string | null;
  customer: string | null;
  hasTrial: boolean;
}

/**
 * A session's amounts with its discounts, each line with its share. Coupons and codes are checked, but nothing is
 * redeemed until the session is completed.
 */
export function orderAmounts(world: World, order: Order, discounts: unknown) {
  const entries = (Array.isArray(discounts) ? discounts : []).filter(isRecord);
  const subtotal = order.lines.reduce((sum, line) => sum + Number(line.amount_subtotal), 0);
  const currency = order.currency ?? 'usd';
  const found = entries.map((entry) => couponOf(world, entry, { ...order, amount: subtotal }));
  const discountable = order.lines.map((line) => ({
    amount: Number(line.amount_subtotal),
    product: isRecord(line.price) ? String(line.price.product) : null,
    isDiscountable: true,
  }));
  const rows = found.map((coupon, index) => trialDiscount(coupon.id, index));
  const allocated = allocateDiscounts(world, discountable, { discounts: rows, currency });
  const shares = allocated.map((parts) => parts.reduce((sum, part) => sum + part.amount, 0));
  const lines = order.lines.map((line, index) => ({
    ...line,
    amount_discount: shares[index] ?? 0,
    amount_total: Number(line.amount_subtotal) - (shares[index] ?? 0),
  }));
  const off = order.hasTrial ? 0 : shares.reduce((sum, share) => sum + share, 0);
  const now = order.hasTrial ? 0 : subtotal;
  return {
    amount_subtotal: now,
    amount_total: now - off,
    discounts: entries.map((entry) => ({
      coupon: entry.coupon ?? null,
      promotion_code: entry.promotion_code ?? null,
    })),
    total_details: { amount_discount: off, amount_shipping: 0, amount_tax: 0 },
    _lines: lines,
  };
}

function couponOf(
  world: World,
  entry: Record<string, unknown>,
  use: { customer: string | null; currency: string | null; amount: number },
): CouponRow {
  if (typeof entry.promotion_code === 'string') {
    const code = world.store.get('promotion_code', entry.promotion_code);
    if (!code) throw noSuchObject('promotion code', entry.promotion_code, 'discounts[0][promotion_code]');
    return checkCode(world, code, use);
  }
  if (typeof entry.coupon !== 'string') {
    throw invalidRequest('Give either a coupon or a promotion code.', 'discounts[0]');
  }
  const coupon = requireCoupon(world, entry.coupon, 'discounts[0][coupon]');
  checkCoupon(world, coupon, use);
  return coupon;
}

function trialDiscount(coupon: string, index: number): DiscountRow {
  return {
    ...blankDiscount,
    id: String(index),
    end: null,
    start: 0,
    source: { coupon, type: 'coupon' },
    _isUsed: false,
  };
}
