import type { TrialGateway } from '@metergate/core/subscriptions/trial-gateway.ports';
import { subscriptionExpansion as expand, subscriptionFromStripe } from '../translate/subscription.ts';
import type { StripeCaller } from './stripe-caller.ts';

export function trialCalls(caller: StripeCaller): TrialGateway {
  return {
    async moveTrialEnd({ stripeSubscriptionId, trialEnd, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.update(
          stripeSubscriptionId,
          { trial_end: Math.floor(trialEnd.getTime() / 1000), proration_behavior: 'none', expand },
          caller.once(idempotencyKey),
        ),
      );
      return subscriptionFromStripe(subscription);
    },
  };
}
