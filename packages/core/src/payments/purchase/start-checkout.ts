import { parseLookupKey } from '../../catalog/lookup-key.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { asId, type OrganizationId } from '../../shared/ids.ts';
import { promotionCodeIdOf, withDiscount } from '../discounts/find-discount.ts';
import type { CheckoutSessionRecord } from '../payments.ports.ts';
import type { PurchaseWish } from './create-subscription.ts';
import { ensureCustomer } from './ensure-customer.ts';
import { expireOpenCheckout } from './expire-open-checkout.ts';
import { type Offer, requireVisible, resolveOffer } from './offer.ts';
import type { PlanItem } from './plan-items.ts';
import { planReference, pricedItems, requireNoSubscription } from './prepare-purchase.ts';
import type { PurchaseDeps } from './purchase.ports.ts';
import { returnAddress } from './return-address.ts';
import { withPurchaseClaim } from './with-claim.ts';

/** Stripe keeps a session open for at least half an hour. */
const openMinutes = 60;

export interface CheckoutWish extends Omit<PurchaseWish, 'paymentMethod'> {
  /** Local path to return to; default: the console's return page. */
  returnPath?: string | undefined;
}

/**
 * Opens the hosted checkout for a new plan. The same wish again while it is open answers the same address; another
 * wish closes the first one.
 * @throws as createSubscription, and RETURN_PATH_INVALID
 */
export async function startCheckout(
  deps: PurchaseDeps,
  request: { actor: Actor; organizationId: OrganizationId; organizationSlug: string; input: CheckoutWish },
): Promise<CheckoutSessionRecord> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write' });
  const addresses = addressesOf(deps.publicUrl, request.organizationSlug, input);
  const customer = await ensureCustomer(deps, { organizationId, actor });
  const { family } = input;
  await deps.unitOfWork.run(organizationId, (tx) => requireVisible(tx, { actor, organizationId, family }));
  const offer = resolveOffer(deps, input, { currency: customer.currency });
  const stripePromotionCodeId = await promotionCodeIdOf(deps.gateway, input.promotionCode);
  return withPurchaseClaim(deps, { organizationId, family }, async (attempt) => {
    const { items, prices } = await pricedItems(deps, organizationId, offer);
    const terms = [addresses.success, stripePromotionCodeId ?? '', ...ownKeys(items)];
    const requestKey = requestKeyOf(offer, terms);
    const reusable = await findReusable(deps, { organizationId, family, requestKey });
    // Closed before Stripe is read: a checkout that is paid in between is seen as what it became.
    if (reusable === null) await expireOpenCheckout(deps, { organizationId, family });
    const trial = { wished: input.trialDays, ofPlan: offer.plan.trialDays };
    const { trialDays } = await requireNoSubscription(deps, { organizationId, actor, family, trial });
    if (reusable !== null) return reusable;
    const now = deps.clock.now();
    const checkout = {
      organizationId,
      stripeCustomerId: customer.stripeCustomerId,
      plan: planReference(offer),
      items: prices,
      trialDays,
      successUrl: addresses.success,
      cancelUrl: addresses.cancel,
      expiresAt: new Date(now.getTime() + openMinutes * 60_000),
      stripePromotionCodeId,
      idempotencyKey: `checkout:${organizationId}:${family}:${attempt}`,
    };
    const session = await withDiscount(stripePromotionCodeId !== null, () =>
      deps.gateway.createCheckoutSession(checkout),
    );
    const record: CheckoutSessionRecord = {
      id: asId('checkout', deps.ids.next()),
      family,
      plan: offer.plan.key,
      interval: offer.interval,
      quantity: input.quantity ?? null,
      stripeSessionId: session.stripeSessionId,
      url: session.url ?? '',
      status: session.status,
      expiresAt: session.expiresAt,
      requestKey,
      createdAt: now,
    };
    await deps.unitOfWork.run(organizationId, (tx) => tx.checkoutSessions.save(organizationId, record));
    return record;
  });
}

function addressesOf(publicUrl: string, slug: string, { returnPath, family }: CheckoutWish) {
  const back = returnPath === undefined ? undefined : returnAddress(publicUrl, returnPath);
  const separator = back?.includes('?') === true ? '&' : '?';
  return {
    // Stripe fills in the id; the braces must reach it unescaped.
    success:
      back === undefined
        ? `${publicUrl}/return/checkout?org=${slug}&session_id={CHECKOUT_SESSION_ID}`
        : `${back}${separator}session_id={CHECKOUT_SESSION_ID}`,
    cancel: back ?? `${publicUrl}/${slug}/billing/plans?canceled=1&family=${family}`,
  };
}

/** A page that is open shows the price of when it was opened; another agreement is another page. */
function ownKeys(items: readonly PlanItem[]): string[] {
  return items.map(({ key }) => key).filter((key) => parseLookupKey(key)?.own !== undefined);
}

function requestKeyOf(offer: Offer, terms: readonly string[]): string {
  const { plan, interval, quantity, currency } = offer;
  return [plan.family, plan.key, plan.version, interval, currency, quantity ?? 'counted', ...terms].join('|');
}

async function findReusable(
  deps: PurchaseDeps,
  wanted: { organizationId: OrganizationId; family: string; requestKey: string },
): Promise<CheckoutSessionRecord | null> {
  const open = await deps.unitOfWork.run(wanted.organizationId, (tx) =>
    tx.checkoutSessions.findOpen(wanted.organizationId, wanted.family),
  );
  if (open === null || open.requestKey !== wanted.requestKey || open.expiresAt <= deps.clock.now())
    return null;
  const snapshot = await deps.gateway.retrieveCheckoutSession(open.stripeSessionId);
  return snapshot?.status === 'open' ? open : null;
}
