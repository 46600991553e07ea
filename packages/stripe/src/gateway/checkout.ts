import type { SubscriptionGateway } from '@metergate/core/subscriptions/subscription-gateway.ports';
import Stripe from 'stripe';
import { stripeUnavailable } from '../errors.ts';
import { checkoutSessionFromStripe } from '../translate/customer.ts';
import type { StripeCaller } from './stripe-caller.ts';
import { discountsOf, itemToStripe, planMetadata, trialSettings } from './subscriptions.ts';

type Calls = Pick<
  SubscriptionGateway,
  'createCheckoutSession' | 'retrieveCheckoutSession' | 'expireCheckoutSession' | 'createPortalSession'
>;

export function checkoutCalls(caller: StripeCaller): Calls {
  async function retrieveCheckoutSession(stripeSessionId: string) {
    const session = await caller.find((stripe) => stripe.checkout.sessions.retrieve(stripeSessionId));
    return session === null ? null : checkoutSessionFromStripe(session);
  }

  return {
    retrieveCheckoutSession,

    async createCheckoutSession(request) {
      const metadata = planMetadata(request.plan, request.organizationId);
      const { trialDays, expiresAt } = request;
      const session = await caller.call((stripe) =>
        stripe.checkout.sessions.create(
          {
            mode: 'subscription',
            customer: request.stripeCustomerId,
            client_reference_id: request.organizationId,
            line_items: request.items.map(itemToStripe),
            success_url: request.successUrl,
            cancel_url: request.cancelUrl,
            metadata,
            // Stripe takes either a code of ours or a field for people to type one.
            ...(request.stripePromotionCodeId === null
              ? { allow_promotion_codes: true }
              : discountsOf(request.stripePromotionCodeId)),
            subscription_data: {
              metadata,
              billing_mode: { type: 'flexible' },
              ...(trialDays === null ? {} : { trial_period_days: trialDays, trial_settings: trialSettings }),
            },
            ...(expiresAt === null ? {} : { expires_at: Math.floor(expiresAt.getTime() / 1000) }),
          },
          caller.once(request.idempotencyKey),
        ),
      );
      return checkoutSessionFromStripe(session);
    },

    async expireCheckoutSession(stripeSessionId) {
      try {
        const session = await caller.find((stripe) => stripe.checkout.sessions.expire(stripeSessionId));
        return session === null ? null : checkoutSessionFromStripe(session);
      } catch (error) {
        // A session that is not open any more cannot expire; what it became is the answer.
        if (!isRequestRefused(error)) throw error;
        return retrieveCheckoutSession(stripeSessionId);
      }
    },

    async createPortalSession({ stripeCustomerId, returnUrl }) {
      const session = await caller.call((stripe) =>
        stripe.billingPortal.sessions.create({ customer: stripeCustomerId, return_url: returnUrl }),
      );
      if (session.url === '') throw stripeUnavailable({ object: 'billing_portal.session' });
      return { url: session.url };
    },
  };
}

function isRequestRefused(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Stripe.errors.StripeInvalidRequestError;
}
