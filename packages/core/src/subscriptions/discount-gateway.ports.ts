import type { SubscriptionSnapshot } from './subscription-snapshot.ts';

/** A coupon that may be used now, found by what people type or by its id. */
export interface FoundDiscount {
  /** null = found by the coupon's own id. */
  stripePromotionCodeId: string | null;
  stripeCouponId: string;
}

/** What a subscription shall have off: a discount it has already, or a new one. */
export type WantedDiscount = { stripeDiscountId: string } | FoundDiscount;

/** Coupons and promotion codes are made at Stripe; here they are found, applied and taken away. */
export interface DiscountGateway {
  /** An active code; null for anything else that was typed. */
  findPromotionCode(code: string): Promise<FoundDiscount | null>;
  findCoupon(stripeCouponId: string): Promise<FoundDiscount | null>;
  /** Replaces all discounts of the subscription. Nothing is invoiced; they count from the next invoice on. */
  setDiscounts(input: {
    stripeSubscriptionId: string;
    discounts: readonly WantedDiscount[];
    idempotencyKey: string;
  }): Promise<SubscriptionSnapshot>;
}
