import type { Row } from './rows.ts';

export interface CouponRow extends Row {
  amount_off: number | null;
  currency: string | null;
  duration: 'once' | 'repeating' | 'forever';
  duration_in_months: number | null;
  max_redemptions: number | null;
  redeem_by: number | null;
  times_redeemed: number;
  percent_off: number | null;
  valid: boolean;
  name: string | null;
  _currencies: Record<string, number>;
  _products: string[] | null;
  /** Deleted coupons stay in force where they were redeemed, so the row is only not found any more. */
  _isDeleted?: boolean;
}

export interface PromotionCodeRow extends Row {
  active: boolean;
  code: string;
  customer: string | null;
  expires_at: number | null;
  max_redemptions: number | null;
  times_redeemed: number;
  promotion: { coupon: string; type: 'coupon' };
  restrictions: {
    first_time_transaction: boolean;
    minimum_amount: number | null;
    minimum_amount_currency: string | null;
    /** Minimums in other currencies. */
    _minimums: Record<string, number>;
  };
}

export interface DiscountRow extends Row {
  customer: string | null;
  end: number | null;
  start: number;
  promotion_code: string | null;
  source: { coupon: string; type: 'coupon' };
  subscription: string | null;
  /** A `once` discount is spent by the first invoice that uses it. */
  _isUsed: boolean;
}
