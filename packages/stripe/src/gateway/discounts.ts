import type { DiscountGateway, WantedDiscount } from '@metergate/core/subscriptions/discount-gateway.ports';
import { subscriptionExpansion as expand, subscriptionFromStripe } from '../translate/subscription.ts';
import { idOf } from '../translate/values.ts';
import type { StripeCaller } from './stripe-caller.ts';

export function discountCalls(caller: StripeCaller): DiscountGateway {
  return {
    async findPromotionCode(code) {
      const { data } = await caller.call((stripe) =>
        stripe.promotionCodes.list({ code, active: true, limit: 1 }),
      );
      const [found] = data;
      const stripeCouponId = idOf(found?.promotion.coupon);
      if (found === undefined || stripeCouponId === null) return null;
      return { stripePromotionCodeId: found.id, stripeCouponId };
    },

    async findCoupon(stripeCouponId) {
      const coupon = await caller.find((stripe) => stripe.coupons.retrieve(stripeCouponId));
      return coupon === null || !coupon.valid ? null : { stripePromotionCodeId: null, stripeCouponId };
    },

    async setDiscounts({ stripeSubscriptionId, discounts, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.update(
          stripeSubscriptionId,
          {
            discounts: discounts.length === 0 ? '' : discounts.map(discountToStripe),
            proration_behavior: 'none',
            expand,
          },
          caller.once(idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },
  };
}

function discountToStripe(wanted: WantedDiscount) {
  if ('stripeDiscountId' in wanted) return { discount: wanted.stripeDiscountId };
  const { stripePromotionCodeId, stripeCouponId } = wanted;
  return stripePromotionCodeId === null
    ? { coupon: stripeCouponId }
    : { promotion_code: stripePromotionCodeId };
}
