import { authorize } from '../../shared/authorize.ts';
import { notFound } from '../../shared/ids.ts';
import type { FoundDiscount, WantedDiscount } from '../../subscriptions/discount-gateway.ports.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { reload, requireRunning, type SubscriptionRequest } from '../change/carry-out.ts';
import type { PurchaseDeps } from '../purchase/purchase.ports.ts';
import { withPurchaseClaim } from '../purchase/with-claim.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { discountUnknown } from './discount.errors.ts';
import { requirePromotionCode, withDiscount } from './find-discount.ts';

/**
 * Redeems a code for coming invoices; nothing is charged or given back now. The same coupon is applied once however
 * often and from how many places it is asked for.
 * @throws NOT_FOUND, DISCOUNT_UNKNOWN, DISCOUNT_NOT_APPLICABLE, PURCHASE_IN_PROGRESS
 */
export async function redeemCode(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { code: string },
): Promise<SubscriptionRecord> {
  await requireRunning(deps, request);
  return apply(deps, request, await requirePromotionCode(deps.gateway, request.code));
}

/** Staff give a coupon of Stripe by its id; why stands on the audit log. @throws as redeemCode */
export async function applyCoupon(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { coupon: string; reason: string },
): Promise<SubscriptionRecord> {
  authorize(request.actor, { staff: 'billing_ops' });
  const found = await deps.gateway.findCoupon(request.coupon.trim());
  if (found === null) throw discountUnknown();
  return apply(deps, request, found);
}

/** Staff take a discount away from coming invoices. @throws NOT_FOUND when it is not there */
export async function removeDiscount(
  deps: PurchaseDeps,
  request: SubscriptionRequest & { discountId: string; reason: string },
): Promise<SubscriptionRecord> {
  authorize(request.actor, { staff: 'billing_ops' });
  const { discountId } = request;
  return changeDiscounts(deps, request, {
    action: 'subscription.discount_removed',
    details: { discount: discountId },
    wantedOf({ discounts }) {
      if (discounts.every(({ id }) => id !== discountId)) throw notFound('discount');
      return discounts.filter(({ id }) => id !== discountId).map(keep);
    },
  });
}

type Request = SubscriptionRequest & { reason?: string };

function apply(deps: PurchaseDeps, request: Request, found: FoundDiscount): Promise<SubscriptionRecord> {
  const { stripeCouponId, stripePromotionCodeId } = found;
  return changeDiscounts(deps, request, {
    action: 'subscription.discount_applied',
    details: { coupon: stripeCouponId, promotionCode: stripePromotionCodeId },
    wantedOf({ discounts }) {
      if (discounts.some(({ coupon }) => coupon === stripeCouponId)) return null;
      return [...discounts.map(keep), found];
    },
  });
}

interface DiscountChange {
  action: string;
  details: Readonly<Record<string, unknown>>;
  /** null = it is so already. */
  wantedOf: (fresh: SubscriptionRecord) => WantedDiscount[] | null;
}

/** Decided under the claim on what Stripe says now, so that twenty at once are one. */
async function changeDiscounts(
  deps: PurchaseDeps,
  request: Request,
  change: DiscountChange,
): Promise<SubscriptionRecord> {
  const { actor, organizationId, subscriptionId, reason } = request;
  const { family } = await requireRunning(deps, request);
  const sync = () => syncFromStripe(deps, { organizationId, actor, scope: { subscriptions: true } });
  return withPurchaseClaim(deps, { organizationId, family }, async (attempt) => {
    await sync();
    const fresh = await requireRunning(deps, request);
    const discounts = change.wantedOf(fresh);
    if (discounts === null) return fresh;
    const { stripeSubscriptionId } = fresh;
    const idempotencyKey = `discounts:${stripeSubscriptionId}:${attempt}`;
    const call = { stripeSubscriptionId, discounts, idempotencyKey };
    await withDiscount(discounts.length > 0, () => deps.gateway.setDiscounts(call));
    await deps.unitOfWork.run(organizationId, (tx) =>
      tx.audit.append({
        organizationId,
        actor,
        action: change.action,
        target: { kind: 'subscription', id: subscriptionId },
        after: change.details,
        ...(reason === undefined ? {} : { reason }),
      }),
    );
    await sync();
    return reload(deps, organizationId, subscriptionId);
  });
}

function keep({ id }: { id: string }): WantedDiscount {
  return { stripeDiscountId: id };
}
