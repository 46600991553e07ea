import type { DiscountAmount } from '../../store/billing-rows.ts';
import type { CouponRow, DiscountRow } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { fraction, multiply, parseDecimal, roundHalfAway } from './fraction.ts';

export interface DiscountableLine {
  amount: number;
  product: string | null;
  isDiscountable: boolean;
}

/** The discounts that apply to a subscription's invoices at an instant: its own, else its customer's. */
export function activeDiscounts(
  world: World,
  owner: { discounts: string[]; customer: string },
  at: number,
): DiscountRow[] {
  const own = owner.discounts.flatMap((id) => world.store.get('discount', id) ?? []);
  const inherited = world.store.get('customer', owner.customer)?.discount;
  const all = own.length > 0 ? own : inherited ? [inherited] : [];
  return all.filter((discount) => !discount._isUsed && (discount.end === null || at < discount.end));
}

/**
 * Each line's discounts, one after the other on what is left. A percentage is rounded per line; a fixed amount
 * is split over the lines by largest remainder, so the parts sum to the whole.
 */
export function allocateDiscounts(
  world: World,
  lines: DiscountableLine[],
  context: { discounts: DiscountRow[]; currency: string },
): DiscountAmount[][] {
  const left = lines.map((line) => line.amount);
  const result: DiscountAmount[][] = lines.map(() => []);
  for (const discount of context.discounts) {
    const coupon = world.store.get('coupon', discount.source.coupon);
    if (!coupon) continue;
    const shares = sharesOf(coupon, context.currency, eligible(lines, left, coupon));
    for (const [index, share] of shares.entries()) {
      if (share === 0) continue;
      left[index] = (left[index] ?? 0) - share;
      result[index]?.push({ amount: share, discount: discount.id });
    }
  }
  return result;
}

function eligible(lines: DiscountableLine[], left: number[], coupon: CouponRow): number[] {
  return lines.map((line, index) => {
    const isCovered = !coupon._products || (line.product !== null && coupon._products.includes(line.product));
    return line.isDiscountable && isCovered ? Math.max(0, left[index] ?? 0) : 0;
  });
}

function sharesOf(coupon: CouponRow, currency: string, amounts: number[]): number[] {
  if (coupon.percent_off !== null) {
    const part = multiply(parseDecimal(String(coupon.percent_off)), fraction(1, 100));
    return amounts.map((amount) => roundHalfAway(multiply(fraction(amount), part)));
  }
  const off = coupon.currency === currency ? coupon.amount_off : (coupon._currencies[currency] ?? null);
  if (off === null) return amounts.map(() => 0);
  return split(off, amounts);
}

/** Splits at most the total of `weights`, in proportion to them, by largest remainder. */
export function split(amount: number, weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const whole = Math.min(amount, total);
  if (whole === 0 || total === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(whole) * BigInt(weight));
  const shares = exact.map((value) => Number(value / BigInt(total)));
  const order = exact
    .map((value, index) => ({ index, remainder: value % BigInt(total) }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  let missing = whole - shares.reduce((sum, share) => sum + share, 0);
  for (const { index } of order) {
    if (missing === 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    missing -= 1;
  }
  return shares;
}
