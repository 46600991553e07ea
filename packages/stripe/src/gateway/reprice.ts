import type { RepriceGateway } from '@metergate/core/subscriptions/reprice-gateway.ports';
import { runningMetadata } from '../translate/running-price.ts';
import { subscriptionExpansion as expand, subscriptionFromStripe } from '../translate/subscription.ts';
import type { StripeCaller } from './stripe-caller.ts';

export function repriceCalls(caller: StripeCaller): RepriceGateway {
  return {
    async repriceItems({ stripeSubscriptionId, items, until, idempotencyKey }) {
      const subscription = await caller.call((stripe) =>
        stripe.subscriptions.update(
          stripeSubscriptionId,
          {
            items: items.map(({ stripeItemId, stripePriceId, running }) => ({
              id: stripeItemId,
              price: stripePriceId,
              metadata: runningMetadata({ running, next: stripePriceId, until }),
            })),
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
