import { AppError } from '../../shared/app-error.ts';
import type { DiscountGateway, FoundDiscount } from '../../subscriptions/discount-gateway.ports.ts';
import { discountNotApplicable, discountUnknown } from './discount.errors.ts';

/** @throws DISCOUNT_UNKNOWN */
export async function requirePromotionCode(gateway: DiscountGateway, code: string): Promise<FoundDiscount> {
  const found = await gateway.findPromotionCode(code.trim());
  if (found === null) throw discountUnknown();
  return found;
}

/** The Stripe id of a code that came with a purchase; null without one. @throws DISCOUNT_UNKNOWN */
export async function promotionCodeIdOf(
  gateway: DiscountGateway,
  code: string | undefined,
): Promise<string | null> {
  return code === undefined ? null : (await requirePromotionCode(gateway, code)).stripePromotionCodeId;
}

/** Runs a call with a discount in it: what Stripe refuses then is the discount. @throws DISCOUNT_NOT_APPLICABLE */
export async function withDiscount<T>(hasDiscount: boolean, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === 'STRIPE_REQUEST_REFUSED';
    throw hasDiscount && isRefused ? discountNotApplicable(error) : error;
  }
}
