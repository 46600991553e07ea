import type { CustomerGateway } from '@metergate/core/payments/payment-gateway.ports';
import { paymentMethodFromStripe } from '../translate/customer.ts';
import { idOf } from '../translate/values.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

export type PaymentMethodCalls = Pick<
  CustomerGateway,
  'attachPaymentMethod' | 'setDefaultPaymentMethod' | 'detachPaymentMethod' | 'createSetupSession'
>;

const liveStatuses: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due', 'unpaid', 'incomplete']);

export function paymentMethodCalls(caller: StripeCaller): PaymentMethodCalls {
  return {
    async attachPaymentMethod({ stripeCustomerId, stripePaymentMethodId, idempotencyKey }) {
      const method = await caller.call((stripe) =>
        stripe.paymentMethods.attach(
          stripePaymentMethodId,
          { customer: stripeCustomerId },
          caller.once(idempotencyKey),
        ),
      );
      return paymentMethodFromStripe(method, null);
    },

    async setDefaultPaymentMethod({ stripeCustomerId, stripePaymentMethodId, idempotencyKey }) {
      await caller.call((stripe) =>
        stripe.customers.update(
          stripeCustomerId,
          { invoice_settings: { default_payment_method: stripePaymentMethodId } },
          caller.once(idempotencyKey, 'customer'),
        ),
      );
      await moveSubscriptions(caller, { stripeCustomerId, stripePaymentMethodId, idempotencyKey });
    },

    async detachPaymentMethod({ stripePaymentMethodId, idempotencyKey }) {
      const method = await caller.find((stripe) => stripe.paymentMethods.retrieve(stripePaymentMethodId));
      if (method === null || method.customer === null) return;
      await caller.call((stripe) =>
        stripe.paymentMethods.detach(stripePaymentMethodId, undefined, caller.once(idempotencyKey)),
      );
    },

    async createSetupSession({ stripeCustomerId, returnUrl, idempotencyKey }) {
      const session = await caller.call((stripe) =>
        stripe.checkout.sessions.create(
          {
            mode: 'setup',
            customer: stripeCustomerId,
            currency: 'usd',
            success_url: returnUrl,
            cancel_url: returnUrl,
          },
          caller.once(idempotencyKey),
        ),
      );
      return { url: session.url ?? returnUrl };
    },
  };
}

/** A subscription's own method comes before the customer's default, so both must name the new card. */
async function moveSubscriptions(
  caller: StripeCaller,
  input: { stripeCustomerId: string; stripePaymentMethodId: string; idempotencyKey: string },
): Promise<void> {
  const subscriptions = await caller.call((stripe) =>
    stripe.subscriptions
      .list({ customer: input.stripeCustomerId, limit: 100 })
      .autoPagingToArray({ limit: listLimitMax }),
  );
  for (const subscription of subscriptions) {
    const own = idOf(subscription.default_payment_method);
    if (own === null || own === input.stripePaymentMethodId || !liveStatuses.has(subscription.status))
      continue;
    await caller.call((stripe) =>
      stripe.subscriptions.update(
        subscription.id,
        { default_payment_method: input.stripePaymentMethodId },
        caller.once(input.idempotencyKey, subscription.id),
      ),
    );
  }
}
