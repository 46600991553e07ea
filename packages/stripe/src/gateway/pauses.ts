import type { PauseGateway } from '@metergate/core/subscriptions/pause-gateway.ports';
import { subscriptionExpansion as expand, subscriptionFromStripe } from '../translate/subscription.ts';
import type { StripeCaller } from './stripe-caller.ts';

export function pauseCalls(caller: StripeCaller): PauseGateway {
  return {
    async pauseSubscription({ stripeSubscriptionId, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.pause(
          stripeSubscriptionId,
          {
            type: 'subscription',
            bill_for: { outstanding_usage_through: { type: 'none' }, unused_time_from: { type: 'none' } },
            expand,
          },
          caller.once(idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },

    async unpauseSubscription({ stripeSubscriptionId, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.resume(
          stripeSubscriptionId,
          {
            billing_cycle_anchor: { type: 'unchanged' },
            proration_behavior: 'always_invoice',
            payment_behavior: 'resume_on_payment_attempt',
            expand,
          },
          caller.once(idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },
  };
}
