import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { BillingInterval } from '../../subscriptions/subscription-snapshot.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { promotionCodeIdOf, withDiscount } from '../discounts/find-discount.ts';
import { syncFromStripe } from '../sync-organization.ts';
import { ensureCustomer } from './ensure-customer.ts';
import { expireOpenCheckout } from './expire-open-checkout.ts';
import { findTailored, requireVisible, resolveOffer } from './offer.ts';
import { recurringMinor } from './plan-items.ts';
import { planReference, pricedItems, requireNoSubscription } from './prepare-purchase.ts';
import { paymentMethodRequired } from './purchase.errors.ts';
import type { PurchaseDeps } from './purchase.ports.ts';
import { withPurchaseClaim } from './with-claim.ts';

export interface PurchaseWish {
  family: string;
  plan: string;
  interval?: BillingInterval | undefined;
  quantity?: string | undefined;
  paymentMethod?: string | undefined;
  trialDays?: number | undefined;
  /** A promotion code as people type it. */
  promotionCode?: string | undefined;
}

/**
 * Starts a subscription with a saved payment method. One at a time per family; a hosted checkout that is still open
 * for it is closed first, so that both cannot be paid.
 * @throws PLAN_UNKNOWN, PLAN_NOT_SELF_SERVICE, SUBSCRIPTION_EXISTS, TRIAL_ALREADY_USED, PAYMENT_METHOD_REQUIRED,
 * PURCHASE_IN_PROGRESS, PAYMENT_DECLINED, STRIPE_UNAVAILABLE
 */
export async function createSubscription(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; input: PurchaseWish },
): Promise<SubscriptionRecord> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write', staff: 'billing_ops', jobs: true });
  const customer = await ensureCustomer(deps, { organizationId, actor });
  const tailored = await deps.unitOfWork.run(organizationId, async (tx) => {
    await requireVisible(tx, { actor, organizationId, family: input.family });
    return findTailored(deps, tx, { actor, organizationId, family: input.family, plan: input.plan });
  });
  const offer = resolveOffer(deps, input, { currency: customer.currency, tailored });
  const { family } = input;
  const stripePromotionCodeId = await promotionCodeIdOf(deps.gateway, input.promotionCode);
  return withPurchaseClaim(deps, { organizationId, family, isOpenEnd }, async (attempt) => {
    // Closed before Stripe is read: a checkout that is paid in between is seen as what it became.
    await expireOpenCheckout(deps, { organizationId, family });
    const trial = { wished: input.trialDays, ofPlan: offer.plan.trialDays };
    const { trialDays, known } = await requireNoSubscription(deps, { organizationId, actor, family, trial });
    const { items, prices } = await pricedItems(deps, organizationId, offer);
    const isChargedNow = trialDays === null && recurringMinor(items) > 0n;
    if (isChargedNow && input.paymentMethod === undefined) await requireSavedMethod(deps, request);
    const paymentMethodId = await usablePaymentMethod(deps, customer.stripeCustomerId, {
      paymentMethod: input.paymentMethod,
      // Attaching twice is attaching once. A failure that Stripe remembers for a key must not outlive this attempt.
      key: `payment_method:${organizationId}:${family}:${deps.ids.next()}`,
    });
    const purchase = {
      organizationId,
      stripeCustomerId: customer.stripeCustomerId,
      plan: planReference(offer),
      items: prices,
      trialDays,
      stripePaymentMethodId: paymentMethodId,
      stripePromotionCodeId,
      idempotencyKey: `subscription:${organizationId}:${family}:${attempt}:${known}`,
    };
    const snapshot = await withDiscount(stripePromotionCodeId !== null, () =>
      deps.gateway.createSubscription(purchase),
    );
    const invoices = snapshot.latestInvoice === null ? [] : [snapshot.latestInvoice.stripeInvoiceId];
    const scope = { subscriptions: true, invoices, paymentMethods: true };
    await syncFromStripe(deps, { organizationId, actor, scope });
    return requireByStripeId(deps, organizationId, snapshot.stripeSubscriptionId);
  });
}

/**
 * Without an answer Stripe may still make the subscription, after we have looked and not found it: the next attempt
 * asks under the same key and gets that one instead of a second.
 */
function isOpenEnd(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STRIPE_UNAVAILABLE' && error.context.isOver !== true;
}

/** Stripe decides at last: a card added a moment ago may not be mirrored yet. @throws PAYMENT_METHOD_REQUIRED */
async function requireSavedMethod(
  deps: PurchaseDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<void> {
  const hasDefault = () =>
    deps.unitOfWork.run(organizationId, async (tx) =>
      (await tx.paymentMethods.list(organizationId)).some(({ isDefault }) => isDefault),
    );
  if (await hasDefault()) return;
  await syncFromStripe(deps, { organizationId, actor, scope: { paymentMethods: true } });
  if (!(await hasDefault())) throw paymentMethodRequired();
}

/** A named method is attached first (a test card or a fresh one); without one the customer's default pays. */
async function usablePaymentMethod(
  deps: PurchaseDeps,
  stripeCustomerId: string,
  { paymentMethod, key }: { paymentMethod: string | undefined; key: string },
): Promise<string | null> {
  if (paymentMethod === undefined) return null;
  const attached = await deps.gateway.attachPaymentMethod({
    stripeCustomerId,
    stripePaymentMethodId: paymentMethod,
    idempotencyKey: key,
  });
  await deps.gateway.setDefaultPaymentMethod({
    stripeCustomerId,
    stripePaymentMethodId: attached.stripePaymentMethodId,
    idempotencyKey: `${key}:default`,
  });
  return attached.stripePaymentMethodId;
}

export async function requireByStripeId(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  stripeSubscriptionId: string,
): Promise<SubscriptionRecord> {
  const record = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findByStripeId(organizationId, stripeSubscriptionId),
  );
  if (record === null) throw notFound('subscription');
  return record;
}
