import type { DiscountAmount, LineRow } from '../../store/billing-rows.ts';
import type { CouponRow, DiscountRow } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { fraction, multiply, parseDecimal, roundHalfAway } from '../amounts/fraction.ts';

export interface DiscountableLine {
  amount: number;
  product: string | null;
  isDiscountable: boolean;
  /** Discounts of this line alone; they apply before those of the whole invoice. */
  own?: string[];
}

/** The discounts that apply to a subscription's invoices at an instant: its own, else its customer's. */
export function activeDiscounts(
  world: World,
  owner: { discounts: string[]; customer: string },
  at: number,
): DiscountRow[] {
  const own = owner.discounts.flatMap((id) => world.store.get('discount', id) ?? []);
  const inherited = world.store.get('customer', owner.customer)?.discount;
  // The customer's row may be older than the discount's own one.
  const customers = inherited ? (world.store.get('discount', inherited.id) ?? inherited) : null;
  const all = own.length > 0 ? own : customers ? [customers] : [];
  return all.filter((discount) => isActive(discount, at));
}

export function isActive(discount: DiscountRow, at: number): boolean {
  return !discount._isUsed && (discount.end === null || at < discount.end);
}

export function discountableOf(line: LineRow): DiscountableLine {
  return {
    amount: line.amount,
    product: line.pricing?.price_details.product ?? null,
    isDiscountable: line.discountable,
    own: line.discounts,
  };
}

/**
 * Each line's discounts, one after the other on what is left: first those of single lines, then the others. A
 * percentage is rounded per line; a fixed amount is split over the lines by largest remainder, so the parts sum
 * to the whole.
 */
export function allocateDiscounts(
  world: World,
  lines: DiscountableLine[],
  context: { discounts: DiscountRow[]; currency: string },
): DiscountAmount[][] {
  const left = lines.map((line) => line.amount);
  const result: DiscountAmount[][] = lines.map(() => []);
  const apply = (discount: DiscountRow, isCovered: (line: DiscountableLine) => boolean) => {
    const coupon = world.store.get('coupon', discount.source.coupon);
    if (!coupon) return;
    const amounts = lines.map((line, index) =>
      isCovered(line) && isEligible(line, coupon) ? Math.max(0, left[index] ?? 0) : 0,
    );
    for (const [index, share] of sharesOf(coupon, context.currency, amounts).entries()) {
      if (share === 0) continue;
      left[index] = (left[index] ?? 0) - share;
      result[index]?.push({ amount: share, discount: discount.id });
    }
  };
  for (const id of new Set(lines.flatMap((line) => line.own ?? []))) {
    const discount = world.store.get('discount', id);
    if (discount) apply(discount, (line) => line.own?.includes(id) ?? false);
  }
  for (const discount of context.discounts) apply(discount, () => true);
  return result;
}

function isEligible(line: DiscountableLine, coupon: CouponRow): boolean {
  const isCovered = !coupon._products || (line.product !== null && coupon._products.includes(line.product));
  return line.isDiscountable && isCovered;
}

/** What a coupon takes off in a currency: null when it says nothing about it. */
export function amountOffIn(coupon: CouponRow, currency: string): number | null {
  return coupon.currency === currency ? coupon.amount_off : (coupon._currencies[currency] ?? null);
}

function sharesOf(coupon: CouponRow, currency: string, amounts: number[]): number[] {
  if (coupon.percent_off !== null) {
    const part = multiply(parseDecimal(String(coupon.percent_off)), fraction(1, 100));
    return amounts.map((amount) => roundHalfAway(multiply(fraction(amount), part)));
  }
  const off = amountOffIn(coupon, currency);
  return off === null ? amounts.map(() => 0) : split(off, amounts);
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
